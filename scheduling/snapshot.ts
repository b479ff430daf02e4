import type { Hex } from '../sdk/domain/job.ts'
import type { CustomerHistory, GridJob, GridProvider, GridState } from './grid.ts'

export type SnapshotProvider = Readonly<GridProvider>
export type SnapshotJob = Readonly<GridJob>

/** What planning needs to know besides the events. */
export interface SnapshotTerms {
  /** The registry's minimum stake, credits with 18 decimals. */
  readonly minimumStake: bigint
  /** What each open job reserves of its provider's free stake, credits with 18 decimals. */
  readonly penalty: bigint
  /** Seconds that a returned job may wait at least; 0 by default. */
  readonly requeueWindow?: number
  /** Hashes of the definitions that the gateway holds; without it all are taken to be held. */
  readonly definitionsHeld?: ReadonlySet<Hex>
}

/** Everything a plan follows from. It looks into the state it was taken of: use it before the next event is reduced. */
export interface Snapshot {
  readonly block: number
  /** Unix seconds of the block. */
  readonly now: number
  readonly minimumStake: bigint
  readonly penalty: bigint
  readonly requeueWindow: number
  readonly definitionsHeld: ReadonlySet<Hex> | undefined
  readonly providers: readonly SnapshotProvider[]
  /** Every live job. */
  readonly jobs: readonly SnapshotJob[]
  readonly histories: ReadonlyMap<Hex, CustomerHistory>
}

/** The snapshot of a state at `block`, whose time is `now` (unix seconds). */
export function snapshotOf(state: GridState, block: number, now: number, terms: SnapshotTerms): Snapshot {
  return {
    block,
    now,
    minimumStake: terms.minimumStake,
    penalty: terms.penalty,
    requeueWindow: terms.requeueWindow ?? 0,
    definitionsHeld: terms.definitionsHeld,
    providers: [...state.providers.values()],
    jobs: [...state.jobs.values()],
    histories: state.histories,
  }
}
