import type { JsonRpcProvider } from 'ethers'
import { type Revert, revertOf } from '../chain/reverts.ts'
import { calldataOf } from './calldata.ts'
import type { Parcel } from './parcel.ts'

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
