import type { Hex } from '../../sdk/domain/job.ts'
import type { MessageOf } from '../messages.ts'
import { signerOf } from './checkReports.ts'
import type { RelayContext } from './relayContext.ts'
import { refusalByContract } from './relayRefusal.ts'
import { tryOnChain } from './tryOnChain.ts'
import { verifySignature } from './verifySignature.ts'

/** Checks a heartbeat, whose digest is `key`: the provider’s signature, and that it is later than the last one and not from the future. */
export async function checkHeartbeat(context: RelayContext, key: Hex, message: MessageOf<'heartbeat'>): Promise<void> {
  const signer = await signerOf(context, message.heartbeat.provider)
  await verifySignature(context.node, context.domain, { signer, digest: key, signature: message.signature })
  const revert = await tryOnChain(context, key, message)
  if (revert !== undefined) throw refusalByContract(revert)
}
