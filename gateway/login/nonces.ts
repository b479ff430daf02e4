import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const NONCE_SECONDS = 300
const NONCE = /^([0-9a-f]{10})([0-9a-f]{32})([0-9a-f]{32})$/

/** A nonce for one login. */
export interface Nonce {
  readonly nonce: string
  /** Unix seconds. */
  readonly expiresAt: number
}

/**
 * Nonces that carry their own proof: nothing is stored for one that is asked for and not used, however many are. That each works once
 * is for whoever takes them. `key` is secret; `now` is in unix seconds.
 */
export function newNonce(key: Uint8Array, now: number): Nonce {
  const expiresAt = now + NONCE_SECONDS
  const claim = expiresAt.toString(16).padStart(10, '0') + randomBytes(16).toString('hex')
  return { nonce: claim + proofOf(key, claim), expiresAt }
}

/** When a nonce ends, in unix seconds; undefined where it was not made with this key or is over. */
export function nonceEnd(key: Uint8Array, nonce: string, now: number): number | undefined {
  const match = NONCE.exec(nonce)
  if (match === null) return undefined
  const [, end = '', random = '', proof = ''] = match
  const isOurs = timingSafeEqual(Buffer.from(proof), Buffer.from(proofOf(key, end + random)))
  const expiresAt = Number.parseInt(end, 16)
  return isOurs && expiresAt > now ? expiresAt : undefined
}

function proofOf(key: Uint8Array, claim: string): string {
  return createHmac('sha256', key).update(claim).digest('hex').slice(0, 32)
}
