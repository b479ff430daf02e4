import type { Hex } from '../domain/job.ts'
import { loginMessage } from './loginMessage.ts'

const MESSAGE_SECONDS = 120
/** A token that ends sooner is not used any more: it must outlive the request. */
const SPARE_SECONDS = 60
/** Time for the two requests of a login. */
const LOGIN_SECONDS = 30

/** Who talks to which gateway. */
export interface SessionOptions {
  /** URL of the gateway. */
  readonly url: string
  /** With its checksum. */
  readonly account: Hex
  readonly chainId: number
  /** Signs a text by ERC-191. */
  readonly signMessage: (text: string) => Promise<Hex>
  /** Unix milliseconds now. */
  readonly clock: () => number
}

interface Token {
  readonly text: string
  /** Unix seconds. */
  readonly expiresAt: number
}

/** The gateway did not let the account in: its answer says why. */
class LoginRefused extends Error {
  override readonly name = 'LoginRefused'
  readonly response: Response
  constructor(response: Response) {
    super('the gateway refused the login')
    this.response = response
  }
}

/** One account at one gateway. It logs in with the first request, and anew where a token has ended; the token is kept in memory alone. */
export class GatewaySession {
  readonly #options: SessionOptions
  #token: Promise<Token> | undefined

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /**
   * Asks the gateway as the account. The answer to a login that was refused is returned as the answer to the request. Throws what
   * `fetch` and the wallet throw.
   *
   * @param path from the root of the gateway, such as `/v1/sealing`
   */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      const first = await this.#ask(path, init)
      if (first.status !== 401) return first
      // The gateway may have forgotten the token sooner than it said.
      await first.body?.cancel()
      this.#token = undefined
      return await this.#ask(path, init)
    } catch (error) {
      if (error instanceof LoginRefused) return error.response
      throw error
    }
  }

  /** A token that still holds for a while. Throws what `fetch` and the wallet throw. */
  async token(): Promise<string> {
    return (await this.#validToken()).text
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    const { text } = await this.#validToken()
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${text}`)
    return fetch(this.#url(path), { ...init, headers })
  }

  /** Requests that come together share one login. */
  async #validToken(): Promise<Token> {
    const kept = await this.#token?.catch(() => undefined)
    if (kept !== undefined && kept.expiresAt - SPARE_SECONDS > this.#options.clock() / 1000) return kept
    if (kept !== undefined || this.#token === undefined) this.#token = this.#logIn()
    const token = this.#token
    return token.catch((error: unknown) => {
      if (this.#token === token) this.#token = undefined
      throw error
    })
  }

  async #logIn(): Promise<Token> {
    const { account, chainId, signMessage, clock, url } = this.#options
    const asked = await fetch(this.#url('/v1/login/nonce'), { method: 'POST', signal: loginSignal() })
    if (!asked.ok) throw new LoginRefused(asked)
    const { nonce } = (await asked.json()) as { nonce: string }
    const { host: domain, origin: uri } = new URL(url)
    const [issuedAt, expiresAt] = [new Date(clock()), new Date(clock() + MESSAGE_SECONDS * 1000)]
    const message = loginMessage({ account, domain, uri, chainId, nonce, issuedAt, expiresAt })
    const body = JSON.stringify({ message, signature: await signMessage(message) })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(this.#url('/v1/login'), { method: 'POST', body, headers, signal: loginSignal() })
    if (!answer.ok) throw new LoginRefused(answer)
    const { token, expiresAt: until } = (await answer.json()) as { token: string; expiresAt: number }
    return { text: token, expiresAt: until }
  }

  #url(path: string): string {
    return `${this.#options.url.replace(/\/+$/, '')}${path}`
  }
}

// A person may take a while to sign, so each request has its own time.
function loginSignal(): AbortSignal {
  return AbortSignal.timeout(LOGIN_SECONDS * 1000)
}
