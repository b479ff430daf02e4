import type { Hex } from '../sdk/domain/job.ts'
import type { PlacedReason, WaitingReason } from './reasons.ts'

/** The job is given to a provider at `rate` credits per minute (18 decimals). */
export interface PlacedDecision {
  readonly kind: 'placed'
  readonly job: Hex
  readonly provider: number
  readonly rate: bigint
  readonly reason: PlacedReason
}

/** The job waits. */
export interface WaitingDecision {
  readonly kind: 'waiting'
  readonly job: Hex
  readonly reason: WaitingReason
  /** Place in the queue, from 1; absent for jobs that no provider could run. */
  readonly place?: number
  /** Unix seconds at which the job starts if every job before it uses its whole time limit; absent where that is not known. */
  readonly expectedStart?: number
}

/** What a plan says of one waiting job. */
export type Decision = PlacedDecision | WaitingDecision
