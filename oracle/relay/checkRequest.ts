import type { Hex } from '../../sdk/domain/job.ts'
import { JOB_ARRAY_TYPES } from '../../sdk/domain/typedData.ts'
import { digestOf, merkleRoot } from '../chain/hashes.ts'
import type { Revert } from '../chain/reverts.ts'
import type { MessageOf } from '../messages.ts'
import { refusal } from '../refusal.ts'
import { payerOf } from '../sending/parcel.ts'
import { openPermitsOf } from '../store/messages.ts'
import type { RelayContext } from './relayContext.ts'
import { RelayRefusal, refusalByContract } from './relayRefusal.ts'
import { tryOnChain } from './tryOnChain.ts'
import { verifySignature } from './verifySignature.ts'

/** Checks a request within its limits, whose job has the id `key`: its time, its signature, and that it is new and paid for. */
export async function checkRequest(context: RelayContext, key: Hex, message: MessageOf<'request'>): Promise<void> {
  const { request, signature, proof, permit } = message
  checkTime(context, message)
  if (permit !== undefined && permit.owner !== payerOf(request)) {
    const text = `The permit is by ${permit.owner}, but the job is paid by ${payerOf(request)}. Send the payer's permit.`
    throw new RelayRefusal(400, refusal('PERMIT_NOT_BY_PAYER', text, { owner: permit.owner, payer: payerOf(request) }))
  }
  const digest = proof.length === 0 ? key : digestOf(context.domain, JOB_ARRAY_TYPES, { root: merkleRoot(key, proof) })
  await verifySignature(context.node, context.domain, { signer: request.customer, digest, signature })
  const revert = await tryFunded(context, key, message)
  if (revert !== undefined) throw refusalOf(revert)
}

function checkTime({ follower }: RelayContext, { request: { startBy } }: MessageOf<'request'>): void {
  const now = follower.head?.time ?? 0
  if (startBy >= now) return
  const message = `The job was to start by ${startBy}, and it is ${now}. Sign a request with a later startBy.`
  throw new RelayRefusal(409, refusal('REQUEST_EXPIRED', message, { startBy, now }))
}

/** What the chain says. Permits that came with earlier requests and are not used yet count as money, too. */
async function tryFunded(context: RelayContext, key: Hex, message: MessageOf<'request'>): Promise<Revert | undefined> {
  const first = await tryOnChain(context, key, message)
  if (first?.error !== 'BalanceTooLow') return first
  const permits = await openPermitsOf(context.store, payerOf(message.request))
  return permits.length === 0 ? first : tryOnChain(context, key, message, permits)
}

function refusalOf(revert: Revert): RelayRefusal {
  const { facts } = revert.refusal
  if (revert.error === 'JobIllegalTransition') {
    const message = `The job exists: it is ${facts['from']}. Sign with another salt to run it once more.`
    return new RelayRefusal(409, refusal('JOB_EXISTS', message, { id: facts['id'] ?? '', status: facts['from'] ?? '' }))
  }
  return refusalByContract(revert)
}
