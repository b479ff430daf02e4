import { ServiceRefused, ServiceUnreachable } from './errors.ts'

const ANSWER_SECONDS = 30

/** What is sent to a service. */
export interface Call {
  readonly service: 'relay' | 'gateway'
  readonly url: string
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly signal?: AbortSignal | undefined
}

/**
 * Calls a service and returns its answer where that is a success.
 *
 * @throws ServiceUnreachable where it does not answer in time, ServiceRefused with its own error, or the signal's reason
 */
export async function callService(call: Call): Promise<Response> {
  const response = await answerOf(call)
  if (response.ok) return response
  const { code, message } = errorOf(await response.text())
  throw new ServiceRefused(call.service, response.status, code ?? 'UNKNOWN', message ?? `status ${response.status}`)
}

async function answerOf({ service, url, method, headers, body, signal }: Call): Promise<Response> {
  const timeout = AbortSignal.timeout(ANSWER_SECONDS * 1000)
  try {
    return await fetch(url, {
      method,
      headers: { ...headers },
      // A copy: what `fetch` takes is backed by memory that is not shared.
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw new ServiceUnreachable(service, url, error)
  }
}

/** Sends a message as JSON, amounts as decimal text, and returns the JSON of the answer. */
export async function postJson(call: Omit<Call, 'method' | 'body'>, message: unknown): Promise<unknown> {
  const body = JSON.stringify(message, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
  const headers = { ...call.headers, 'content-type': 'application/json' }
  return (await callService({ ...call, method: 'POST', headers, body })).json()
}

function errorOf(text: string): { readonly code?: string; readonly message?: string } {
  try {
    return (JSON.parse(text) as { error?: { code?: string; message?: string } }).error ?? {}
  } catch {
    return {}
  }
}
