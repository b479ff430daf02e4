import { FetchRequest, type JsonRpcPayload, JsonRpcProvider, type JsonRpcResult, Network, toQuantity } from 'ethers'
import { answered, type EndpointHealth, failed, LAG_BLOCKS, lagOf, newEndpoint, ranked } from './ranking.ts'

/** Milliseconds after which an endpoint that does not answer has not answered. */
const REQUEST_TIMEOUT_MS = 10_000
/** Milliseconds for the question after the head: slower ones are not worth to be asked. */
const HEAD_TIMEOUT_MS = 2_000
/** Calls that are sent in one HTTP request at most. */
const CALLS_PER_REQUEST = 50
/** Milliseconds that an endpoint is left alone for whose head is not there. */
const LIE_PAUSE_MS = 30_000

/** What happens to endpoints, for logs and metrics. `lies`: it named a head that it does not hold. */
export interface EndpointEvent {
  readonly url: string
  readonly kind: 'failed' | 'lies' | 'lags' | 'in-use'
  readonly cause: string
}

/** An endpoint gave no answer that counts. */
export class EndpointFailed extends Error {
  readonly code = 'NETWORK_ERROR'
  override readonly name = 'EndpointFailed'
  readonly retryAfterMs: number
  constructor(problem: string, retryAfterMs = 0) {
    super(`The chain node ${problem}. Another is asked where there is one.`)
    this.retryAfterMs = retryAfterMs
  }
}

/** A connection to the chain over several endpoints: the best is asked, and the next where it gives no answer. */
export class Endpoints extends JsonRpcProvider {
  readonly #listen: (event: EndpointEvent) => void
  #all: readonly EndpointHealth[]
  #current: string | undefined

  constructor(urls: readonly string[], chainId: number, listen: (event: EndpointEvent) => void = () => {}) {
    const network = Network.from(chainId)
    super(new FetchRequest(urls[0] ?? ''), network, {
      staticNetwork: network,
      batchMaxCount: CALLS_PER_REQUEST,
      batchStallTime: 2,
      cacheTimeout: -1,
    })
    this.#all = urls.map(newEndpoint)
    this.#listen = listen
  }

  get health(): readonly EndpointHealth[] {
    return this.#all
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    let cause: unknown
    for (const { url } of ranked(this.#all, this.#current, performance.now())) {
      try {
        const answer = await this.#ask(url, payload, REQUEST_TIMEOUT_MS)
        if (this.#current !== url) this.#listen({ url, kind: 'in-use', cause: String(cause ?? 'first or best') })
        this.#current = url
        return answer
      } catch (failure) {
        cause = failure
      }
    }
    throw cause
  }

  /** Asks every endpoint for its head, so that one that lags, or names a head that it does not hold, is asked last. */
  async review(): Promise<void> {
    if (this.#all.length < 2) return
    await Promise.all(this.#all.map(({ url }) => this.#reviewOne(url).catch(() => undefined)))
    for (const endpoint of this.#all) {
      const lag = lagOf(endpoint, this.#all)
      if (lag > LAG_BLOCKS) this.#listen({ url: endpoint.url, kind: 'lags', cause: `${lag} blocks behind the best` })
    }
  }

  async #reviewOne(url: string): Promise<void> {
    const head = await this.#block(url, 'latest')
    const held = head === undefined ? undefined : await this.#block(url, head.number)
    if (head !== undefined && held?.hash === head.hash) return this.#note(url, { head: Number(head.number) })
    // The head may have changed between the two questions.
    const again = await this.#block(url, 'latest')
    if (again !== undefined && again.hash !== head?.hash) return
    this.#note(url, { head: undefined, pausedUntil: performance.now() + LIE_PAUSE_MS })
    this.#listen({ url, kind: 'lies', cause: `it names the head ${head?.number ?? 'none'}, and does not hold it` })
  }

  async #block(url: string, tag: string): Promise<{ readonly number: string; readonly hash: string } | undefined> {
    const params = [tag === 'latest' ? tag : toQuantity(tag), false]
    const call: JsonRpcPayload = { id: 1, jsonrpc: '2.0', method: 'eth_getBlockByNumber', params }
    const [answer] = await this.#ask(url, call, HEAD_TIMEOUT_MS)
    return answer?.result ?? undefined
  }

  async #ask(url: string, payload: JsonRpcPayload | JsonRpcPayload[], timeoutMs: number): Promise<JsonRpcResult[]> {
    const startedAt = performance.now()
    try {
      const answers = await post(url, payload, timeoutMs)
      this.#replace(url, (endpoint) => answered(endpoint, performance.now() - startedAt))
      return answers
    } catch (cause) {
      const retryAfterMs = cause instanceof EndpointFailed ? cause.retryAfterMs : 0
      this.#replace(url, (endpoint) => failed(endpoint, performance.now(), retryAfterMs))
      this.#listen({ url, kind: 'failed', cause: String(cause) })
      throw cause
    }
  }

  #note(url: string, change: Partial<EndpointHealth>): void {
    this.#replace(url, (endpoint) => ({ ...endpoint, ...change }))
  }

  #replace(url: string, change: (endpoint: EndpointHealth) => EndpointHealth): void {
    this.#all = this.#all.map((endpoint) => (endpoint.url === url ? change(endpoint) : endpoint))
  }
}

async function post(
  url: string,
  payload: JsonRpcPayload | JsonRpcPayload[],
  timeoutMs: number,
): Promise<JsonRpcResult[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: unknown) => {
    throw new EndpointFailed(`did not answer (${String(cause)})`)
  })
  if (!response.ok) throw new EndpointFailed(`answered with ${response.status}`, retryAfterMs(response))
  const answer: unknown = await response.json().catch((cause: unknown) => {
    throw new EndpointFailed(`answered half (${String(cause)})`)
  })
  const answers = (Array.isArray(answer) ? answer : [answer]) as JsonRpcResult[]
  const asked = Array.isArray(payload) ? payload.length : 1
  if (answers.length < asked) throw new EndpointFailed(`answered ${answers.length} of ${asked} calls`)
  const limited = answers.find((one) => 'error' in one && isRateLimit(one.error))
  if (limited !== undefined) throw new EndpointFailed('asks for fewer calls')
  return answers
}

function isRateLimit(error: unknown): boolean {
  const { message = '' } = (error ?? {}) as { message?: string }
  return /rate.?limit|too many requests|request limit/i.test(message)
}

function retryAfterMs({ headers }: Response): number {
  return 1000 * (Number(headers.get('retry-after') ?? 0) || 0)
}
