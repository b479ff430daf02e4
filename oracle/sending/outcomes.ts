import type { Interface } from 'ethers'
import { Jobs__factory } from '../../typechain-types/index.ts'
import { decodeRevert } from '../chain/reverts.ts'
import { type Refusal, refusal } from '../refusal.ts'
import type { CarriedParcel } from './ledger.ts'

const jobs: Interface = Jobs__factory.createInterface()

/** What a call logged. */
export interface RawCall {
  readonly logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[]
}

/** What the node says of a mined transaction. */
export interface Receipt extends RawCall {
  readonly transactionHash: string
  readonly blockNumber: string
  readonly gasUsed: string
  /** `0x1` where the transaction did not revert. */
  readonly status: string
}

/** How a parcel of a mined transaction ended. `again`: nothing of it happened, and it is sent once more. */
export type Outcome =
  | { readonly kind: 'final'; readonly parcel: CarriedParcel; readonly reason?: Refusal }
  | { readonly kind: 'refused'; readonly parcel: CarriedParcel; readonly reason: Refusal }
  | { readonly kind: 'again'; readonly parcel: CarriedParcel }

/** What became of each parcel of a mined transaction. One that `Jobs` skipped is refused, with the contract's own reason. */
export function outcomesOf(receipt: Receipt, contract: string, parcels: readonly CarriedParcel[]): readonly Outcome[] {
  if (Number(receipt.status) === 0) return parcels.map((parcel) => ({ kind: 'again', parcel }))
  const skips = skipsOf(receipt, contract)
  return parcels.map((parcel) => outcomeOf(parcel, skips))
}

function outcomeOf(parcel: CarriedParcel, skips: ReadonlyMap<string, Refusal>): Outcome {
  const subjects: string[] = JSON.parse(parcel.subjects)
  const own = subjects.filter((subject) => subject.startsWith('job:') || subject.startsWith('provider:'))
  const reasons = own.map((subject) => skips.get(subject)).filter((reason) => reason !== undefined)
  const [reason] = reasons
  if (reason === undefined) return { kind: 'final', parcel }
  // Of reports about several jobs, those that count make the message count.
  return { kind: reasons.length === own.length ? 'refused' : 'final', parcel, reason }
}

/** What `contract` skipped in a call, by subject, with its reasons. */
export function skipsOf(call: RawCall, contract: string): ReadonlyMap<string, Refusal> {
  const skips = new Map<string, Refusal>()
  for (const log of call.logs) {
    if (log.address.toLowerCase() !== contract.toLowerCase()) continue
    const event = jobs.parseLog(log)
    if (event?.name === 'JobSkipped') skips.set(`job:${event.args['id']}`, reasonOf(event.args['reason']))
    if (event?.name === 'HeartbeatSkipped') {
      skips.set(`provider:${event.args['provider']}`, reasonOf(event.args['reason']))
    }
  }
  return skips
}

function reasonOf(data: string): Refusal {
  return data === '0x' ? refusal('REVERTED', 'The contract skipped it without a reason.') : decodeRevert(data).refusal
}
