import type { Heartbeat, Hex } from '../../sdk/domain/job.ts'
import type { SignedReport } from '../outbox/outbox.ts'

const TIMEOUT_MILLISECONDS = 10_000

/** What the relay said: it keeps the message, it refuses it, or it did not answer. */
export type RelayAnswer =
  | { readonly kind: 'taken'; readonly state: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'silent'; readonly problem: string }

/** The oracle's intake of signed messages. */
export interface Relay {
  sendReport(entry: SignedReport, signal: AbortSignal): Promise<RelayAnswer>
  sendHeartbeat(heartbeat: Heartbeat, signature: Hex, signal: AbortSignal): Promise<RelayAnswer>
}

/** The relay at a URL. Its answers are never thrown: each of them is expected. */
export function relayAt(url: string): Relay {
  const post = async (path: string, body: object, signal: AbortSignal): Promise<RelayAnswer> => {
    try {
      return await postJson(new URL(path, withSlash(url)), body, signal)
    } catch (error) {
      return { kind: 'silent', problem: String(error instanceof Error ? (error.cause ?? error) : error) }
    }
  }
  return {
    sendReport: ({ provider, report, signature }, signal) =>
      post('v1/reports', { provider, reports: [report], signature }, signal),
    sendHeartbeat: (heartbeat, signature, signal) => post('v1/heartbeats', { heartbeat, signature }, signal),
  }
}

async function postJson(url: URL, body: object, signal: AbortSignal): Promise<RelayAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]),
  })
  const text = await response.text()
  if (response.status >= 500) return { kind: 'silent', problem: `status ${response.status}` }
  const answer = parsed(text)
  if (response.ok) return { kind: 'taken', state: String(answer['state'] ?? 'stored') }
  const error = (answer['error'] ?? {}) as Record<string, unknown>
  return { kind: 'refused', code: String(error['code'] ?? response.status), message: String(error['message'] ?? text) }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}
