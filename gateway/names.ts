import type { Hex } from '../sdk/domain/job.ts'
import { REQUEST_LIMITS } from '../sdk/domain/resources.ts'
import { Refusal, type RefusalCode } from './refusal.ts'

/** A 32-byte hash in lower case. Throws the Refusal that is named where the text is none. */
export function hashOf(text: unknown, refusal: RefusalCode): Hex {
  if (typeof text !== 'string' || !/^0x[0-9a-fA-F]{64}$/.test(text)) throw new Refusal(refusal)
  return text.toLowerCase() as Hex
}

/** The number of an attempt. Throws Refusal ATTEMPT_MALFORMED. */
export function attemptOf(text: string): number {
  const attempt = /^[1-9]\d?$/.test(text) ? Number(text) : 0
  const [least, most] = REQUEST_LIMITS.maxAttempts
  if (attempt < least || attempt > most) throw new Refusal('ATTEMPT_MALFORMED')
  return attempt
}

/** A whole number of a line or a chunk; `otherwise` where nothing is said. Throws Refusal LINE_MALFORMED. */
export function lineOf(text: unknown, otherwise: number): number {
  if (text === undefined) return otherwise
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) throw new Refusal('LINE_MALFORMED')
  return Number(text)
}

/** An address in lower case. Throws Refusal ACCOUNT_MALFORMED. */
export function addressOf(text: string): Hex {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new Refusal('ACCOUNT_MALFORMED')
  return text.toLowerCase() as Hex
}
