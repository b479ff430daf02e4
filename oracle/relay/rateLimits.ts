interface Bucket {
  tokens: number
  /** Unix milliseconds of the last change. */
  at: number
}

const MOST_ACCOUNTS = 50_000

/** Lets each account send so many messages a minute, in bursts of as many. */
export class RateLimits {
  readonly #perMinute: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Takes one message of an account at `now` (unix milliseconds). Gives back 0, or the seconds until another is taken. */
  take(account: string, now: number): number {
    const { tokens, at } = this.#buckets.get(account) ?? { tokens: this.#perMinute, at: now }
    const refilled = Math.min(this.#perMinute, tokens + (Math.max(now - at, 0) / 60_000) * this.#perMinute)
    const isTaken = refilled >= 1
    this.#note(account, { tokens: isTaken ? refilled - 1 : refilled, at: now })
    return isTaken ? 0 : Math.ceil(((1 - refilled) / this.#perMinute) * 60)
  }

  #note(account: string, bucket: Bucket): void {
    // An account that was silent for long has a full bucket: forgetting it changes nothing.
    this.#buckets.delete(account)
    this.#buckets.set(account, bucket)
    if (this.#buckets.size > MOST_ACCOUNTS) this.#buckets.delete(this.#buckets.keys().next().value ?? '')
  }
}
