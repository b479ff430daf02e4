import { ServiceRefused, ServiceUnreachable } from './errors.ts'

const ANSWER_SECONDS = 30

/** What is sent to a service. */
export interface Call {
  readonly service: 'relay' | 'gateway'
  readonly url: string
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly signal?: AbortSignal | undefined
  /** Whether the answer may take as long as it wants, as a stream does. */
  readonly hasNoTimeLimit?: boolean
}

/**
 * Calls a service and returns its answer where that is a success.
 *
 * @throws ServiceUnreachable where it does not answer in time, ServiceRefused with its own error, or the signal's reason
 */
export async function callService(call: Call): Promise<Response> {
  return checkAnswer(call.service, await answerOf(call, (init) => fetch(call.url, init)))
}

/** An answer that is a success. Throws ServiceRefused with the error of the service. */
export async function checkAnswer(service: Call['service'], response: Response): Promise<Response> {
  if (response.ok) return response
  const { code, message } = errorOf(await response.text())
  throw new ServiceRefused(service, response.status, code ?? 'UNKNOWN', message ?? `status ${response.status}`)
}

/** What a service answers to a call. Throws ServiceUnreachable, or the signal's reason. */
export async function answerOf(
  { service, url, method, headers, body, signal, hasNoTimeLimit }: Call,
  send: (init: RequestInit) => Promise<Response>,
): Promise<Response> {
  const signals = [...(signal ? [signal] : []), ...(hasNoTimeLimit ? [] : [AbortSignal.timeout(ANSWER_SECONDS * 1000)])]
  try {
    return await send({
      method,
      headers: { ...headers },
      // A copy: what `fetch` takes is backed by memory that is not shared.
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      signal: AbortSignal.any(signals),
    })
  } catch (error) {
    signal?.throwIfAborted()
    // What a wallet refuses is no silence of the service.
    if (!isSilence(error)) throw error
    throw new ServiceUnreachable(service, url, error)
  }
}

/** How `fetch` says that nobody answered, or not in time. */
function isSilence(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')
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
