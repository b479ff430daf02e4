import { keccak256 } from 'ethers'
import type { Hex } from '../../sdk/domain/job.ts'
import { openPassedOn, type SealingKey } from '../../sdk/gateway/sealing.ts'
import { GatewaySession } from '../../sdk/gateway/session.ts'
import type { Signing } from '../chain/signing.ts'

const TIMEOUT_MILLISECONDS = 30_000

/** What the gateway answered to a request for a definition. */
export type DefinitionAnswer =
  | { readonly kind: 'found'; readonly bytes: Uint8Array }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly problem: string }

/** What the gateway said to a log. */
export type LogAnswer =
  /** `next`: number of the chunk that the gateway wants next, where it said one. */
  | { readonly kind: 'accepted'; readonly next?: number }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'silent'; readonly problem: string }

/** Where definitions come from and logs go to. Its answers are never thrown: each of them is expected. */
export interface Gateway {
  /** The definition whose sealed bytes have this hash, unsealed; others are not accepted. */
  definition(job: Hex, hash: Hex, signal: AbortSignal): Promise<DefinitionAnswer>
  /** Sends chunks of a log, one behind the other. */
  putChunks(job: Hex, attempt: number, chunks: Uint8Array, signal: AbortSignal): Promise<LogAnswer>
  /** Closes a log. */
  putManifest(job: Hex, attempt: number, text: string, signal: AbortSignal): Promise<LogAnswer>
}

export interface GatewayOptions {
  readonly url: string
  readonly chainId: number
  readonly signing: Signing
  /** The key that the provider has registered: definitions come sealed to it. */
  readonly key: SealingKey
  /** Largest sealed definition that is read. */
  readonly definitionLimitBytes: number
  /** Unix milliseconds now. */
  readonly clock: () => number
}

export function gatewayAt(options: GatewayOptions): Gateway {
  const { url, chainId, signing, clock } = options
  const { address: account, message: signMessage } = signing
  const session = new GatewaySession({ url, account, chainId, signMessage, clock })
  return {
    async definition(job, hash, signal) {
      try {
        const response = await session.fetch(`/v1/definitions/${hash}?job=${job}`, { signal: withTimeout(signal) })
        if (!response.ok) return unavailable('definition-unavailable', await problemOf(response))
        return await unsealed(options, hash, response)
      } catch (error) {
        return unavailable('definition-unavailable', textOf(error))
      }
    },
    putChunks: (job, attempt, chunks, signal) =>
      logAnswer(
        session.fetch(`/v1/jobs/${job}/attempts/${attempt}/log`, {
          method: 'POST',
          body: new Uint8Array(chunks),
          headers: { 'content-type': 'application/octet-stream' },
          signal: withTimeout(signal),
        }),
      ),
    putManifest: (job, attempt, body, signal) =>
      logAnswer(
        session.fetch(`/v1/jobs/${job}/attempts/${attempt}/manifest`, {
          method: 'PUT',
          body,
          headers: { 'content-type': 'application/json' },
          signal: withTimeout(signal),
        }),
      ),
  }
}

async function logAnswer(asked: Promise<Response>): Promise<LogAnswer> {
  try {
    const response = await asked
    const text = await response.text()
    const next = nextIn(text)
    if (response.ok || (response.status === 409 && next !== undefined)) {
      return next === undefined ? { kind: 'accepted' } : { kind: 'accepted', next }
    }
    const problem = `status ${response.status}: ${text.slice(0, 500)}`
    return { kind: isForGood(response.status) ? 'refused' : 'silent', problem }
  } catch (error) {
    return { kind: 'silent', problem: textOf(error) }
  }
}

/** Which chunk an answer asks for: as its result, or because chunks before those that came are missing there. */
function nextIn(text: string): number | undefined {
  try {
    const { next, error } = JSON.parse(text) as { next?: unknown; error?: { next?: unknown } }
    const wanted = next ?? error?.next
    return typeof wanted === 'number' ? wanted : undefined
  } catch {
    return undefined
  }
}

/** What the customer sealed: the very bytes whose hash it signed, or nothing. */
async function unsealed(options: GatewayOptions, hash: Hex, response: Response): Promise<DefinitionAnswer> {
  const passed = Buffer.from(response.headers.get('x-sealed-key') ?? '', 'base64')
  const sealed = await readAtMost(response, options.definitionLimitBytes)
  if (sealed === undefined) return unavailable('definition-too-large', 'it is larger than this agent reads')
  const actual = keccak256(sealed)
  if (actual !== hash) return unavailable('definition-mismatch', `the bytes have the hash ${actual}`)
  try {
    return { kind: 'found', bytes: await openPassedOn(sealed, passed, options.key.identity) }
  } catch (error) {
    return unavailable('definition-not-opened', (error as Error).message)
  }
}

/** Undefined where there is more; the rest is not read. */
async function readAtMost(response: Response, limitBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > limitBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function unavailable(reason: string, problem: string): DefinitionAnswer {
  return { kind: 'unavailable', reason, problem }
}

/** A gateway that is overloaded, or whose view of the chain is behind, may accept the same later. */
function isForGood(status: number): boolean {
  return status === 400 || status === 409 || status === 413 || status === 422
}

async function problemOf(response: Response): Promise<string> {
  return `status ${response.status}: ${(await response.text()).slice(0, 500)}`
}

function textOf(error: unknown): string {
  return String(error instanceof Error ? (error.cause ?? error) : error)
}

function withTimeout(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)])
}
