import type { Hex } from '../../sdk/domain/job.ts'
import type { Revert } from '../chain/reverts.ts'
import type { DepositPermit, Message } from '../messages.ts'
import { judge } from '../sending/judge.ts'
import { parcelOfMessage } from '../sending/parcel.ts'
import type { RelayContext } from './relayContext.ts'
import { refusalByContract } from './relayRefusal.ts'

/**
 * What the contract would say of a message on the chain's head: its refusal, or undefined where it would take it. Throws what the node
 * threw where there was no answer.
 *
 * @param permits Permits that are to be used before those of the message.
 */
export async function tryOnChain(
  context: RelayContext,
  key: Hex,
  message: Message,
  permits: readonly DepositPermit[] = [],
): Promise<Revert | undefined> {
  const parcel = parcelOfMessage(context.domain, key, message)
  const chain = { node: context.node, jobs: context.jobsAddress, sender: context.sender }
  const judgement = await judge(chain, { ...parcel, permits: [...permits, ...parcel.permits] })
  if (judgement.kind === 'passes') return undefined
  if (judgement.kind === 'refused') return judgement.revert
  if (judgement.revert !== undefined) throw refusalByContract(judgement.revert)
  throw judgement.cause
}
