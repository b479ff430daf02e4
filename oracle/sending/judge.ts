import type { JsonRpcProvider } from 'ethers'
import { type Revert, revertOf } from '../chain/reverts.ts'
import { calldataOf } from './calldata.ts'
import { skipsOf } from './outcomes.ts'
import type { Parcel } from './parcel.ts'
import { simulate } from './simulate.ts'

/** What a parcel would come to if it was sent now. `unknown`: no answer, or one that passes by itself; it decides nothing. */
export type Judgement =
  | { readonly kind: 'passes'; readonly parcel: Parcel }
  | { readonly kind: 'refused'; readonly parcel: Parcel; readonly revert: Revert }
  | { readonly kind: 'unknown'; readonly parcel: Parcel; readonly cause: unknown; readonly revert?: Revert }

/** Refusals that pass by themselves. */
const PASSING_REFUSALS: ReadonlySet<string> = new Set(['RequestsArePaused', 'GasTooLow'])

/** What `Jobs` is asked without sending anything. */
export interface Judge {
  readonly node: JsonRpcProvider
  readonly jobs: string
  /** The account that would send. */
  readonly sender: string
}

/** Tries a parcel on the chain’s head. A permit that is used up or broken is left out where the job is paid for without it. */
export async function judge(chain: Judge, parcel: Parcel): Promise<Judgement> {
  const first = await tryOut(chain, parcel)
  if (first.kind !== 'refused' || parcel.permits.length === 0) return first
  return tryOut(chain, { ...parcel, permits: [] })
}

/** Parcels of one kind that are tried in one call. */
const TOGETHER = 100

/**
 * Tries parcels of one kind on the chain’s head, many in one call where the node can tell what a call would log. One that is skipped
 * among others is tried alone, for what stood before it may be why.
 */
export async function judgeAll(chain: Judge, parcels: readonly Parcel[]): Promise<readonly Judgement[]> {
  const judgements: Judgement[] = []
  for (let start = 0; start < parcels.length; start += TOGETHER) {
    judgements.push(...(await judgeTogether(chain, parcels.slice(start, start + TOGETHER))))
  }
  return judgements
}

async function judgeTogether(chain: Judge, parcels: readonly Parcel[]): Promise<readonly Judgement[]> {
  const oneByOne = () => Promise.all(parcels.map((parcel) => judge(chain, parcel)))
  if (parcels.length < 2) return oneByOne()
  const { node, jobs, sender } = chain
  const simulated = await simulate(node, { from: sender, to: jobs, data: calldataOf(parcels) }).catch(
    () => 'unsupported' as const,
  )
  if (typeof simulated === 'string') return oneByOne()
  const skips = skipsOf(simulated, jobs)
  return Promise.all(
    parcels.map((parcel) =>
      parcel.subjects.some((subject) => skips.has(subject))
        ? judge(chain, parcel)
        : ({ kind: 'passes', parcel } as const),
    ),
  )
}

async function tryOut({ node, jobs, sender }: Judge, parcel: Parcel): Promise<Judgement> {
  try {
    await node.call({ from: sender, to: jobs, data: calldataOf([parcel]) })
    return { kind: 'passes', parcel }
  } catch (cause) {
    const revert = revertOf(cause)
    if (revert === undefined) return { kind: 'unknown', parcel, cause }
    if (PASSING_REFUSALS.has(revert.error)) return { kind: 'unknown', parcel, cause, revert }
    return { kind: 'refused', parcel, revert }
  }
}
