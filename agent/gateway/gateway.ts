import { keccak256, toUtf8Bytes } from 'ethers'
import type { Hex } from '../../sdk/domain/job.ts'
import type { GatewayAccess, Signing } from '../chain/signing.ts'

const TIMEOUT_MILLISECONDS = 30_000
const ACCESS_SECONDS = 240

/** What the gateway answered to a request for a definition. */
export type DefinitionAnswer =
  | { readonly kind: 'found'; readonly bytes: Uint8Array }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly problem: string }

/** What the gateway said to a log. */
export type LogAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'silent'; readonly problem: string }

/** Where definitions come from and logs go to. Its answers are never thrown: each of them is expected. */
export interface Gateway {
  /** The bytes with this hash; other bytes are not accepted. */
  definition(job: Hex, hash: Hex, signal: AbortSignal): Promise<DefinitionAnswer>
  putLog(job: Hex, attempt: number, text: string, signal: AbortSignal): Promise<LogAnswer>
}

export interface GatewayOptions {
  readonly url: string
  readonly signing: Signing
  /** Largest definition that is read. */
  readonly definitionLimitBytes: number
  /** Unix seconds now. */
  readonly clock: () => number
}

export function gatewayAt({ url, signing, definitionLimitBytes, clock }: GatewayOptions): Gateway {
  const send = async (path: string, claim: Omit<GatewayAccess, 'expiresAt'>, init: RequestInit): Promise<Response> => {
    const expiresAt = clock() + ACCESS_SECONDS
    const headers = {
      'x-grid-account': signing.address,
      'x-grid-expires': String(expiresAt),
      'x-grid-signature': await signing.access({ ...claim, expiresAt }),
      ...init.headers,
    }
    return fetch(new URL(path, url.endsWith('/') ? url : `${url}/`), { ...init, headers })
  }
  return {
    async definition(job, hash, signal) {
      const path = `v1/definitions/${hash}?job=${job}`
      try {
        const claim = { action: 'get-definition', subject: job, attempt: 0, content: hash } as const
        const response = await send(path, claim, { signal: withTimeout(signal) })
        if (!response.ok) return unavailable('definition-unavailable', await problemOf(response))
        return checked(hash, await readAtMost(response, definitionLimitBytes))
      } catch (error) {
        return unavailable('definition-unavailable', textOf(error))
      }
    },
    async putLog(job, attempt, text, signal) {
      const content = keccak256(toUtf8Bytes(text)) as Hex
      const claim = { action: 'put-log', subject: job, attempt, content } as const
      const headers = { 'content-type': 'text/plain; charset=utf-8' }
      const init = { method: 'PUT', body: text, headers, signal: withTimeout(signal) }
      try {
        const response = await send(`v1/jobs/${job}/attempts/${attempt}/log`, claim, init)
        if (response.ok) return { kind: 'accepted' }
        const problem = await problemOf(response)
        return { kind: isForGood(response.status) ? 'refused' : 'silent', problem }
      } catch (error) {
        return { kind: 'silent', problem: textOf(error) }
      }
    },
  }
}

function checked(hash: Hex, bytes: Uint8Array | undefined): DefinitionAnswer {
  if (bytes === undefined) return unavailable('definition-too-large', 'it is larger than this agent reads')
  const actual = keccak256(bytes)
  if (actual !== hash) return unavailable('definition-mismatch', `the bytes have the hash ${actual}`)
  return { kind: 'found', bytes }
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
