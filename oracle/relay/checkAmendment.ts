import type { Hex } from '../../sdk/domain/job.ts'
import type { MessageOf } from '../messages.ts'
import { refusal } from '../refusal.ts'
import type { RelayContext } from './relayContext.ts'
import { RelayRefusal, refusalByContract } from './relayRefusal.ts'
import { tryOnChain } from './tryOnChain.ts'
import { verifySignature } from './verifySignature.ts'

/** Checks a cancel or a top-up of a customer, whose digest is `key`: its signature, and that the job’s state and funds allow it. */
export async function checkAmendment(
  context: RelayContext,
  key: Hex,
  message: MessageOf<'cancel'> | MessageOf<'top-up'>,
): Promise<void> {
  const { signature, terms } = message
  await verifySignature(context.node, context.domain, { signer: terms.customer, digest: key, signature })
  const revert = await tryOnChain(context, key, message)
  if (revert === undefined) return
  const { facts } = revert.refusal
  if (facts['from'] === 'NONE') {
    const text = 'No job has these terms. Send its request first, or present the terms as they were signed.'
    throw new RelayRefusal(404, refusal('JOB_UNKNOWN', text, { id: facts['id'] ?? '' }))
  }
  throw refusalByContract(revert)
}
