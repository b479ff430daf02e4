import type { Block } from './chain/history.ts'
import type { Health } from './relay/server.ts'

/** Whether the loop turns: the facts of its last good turn. */
export class Pulse {
  readonly #limitMs: number
  readonly #maxLagSeconds: number
  #last: { readonly at: number; readonly tookMs: number; readonly head: Block | undefined } | undefined

  /**
   * @param limitMs Milliseconds without a good turn after which the oracle is not healthy.
   * @param maxLagSeconds Seconds that the last followed block may be old; 0 where blocks come when somebody wants one.
   */
  constructor(limitMs: number, maxLagSeconds = 0) {
    this.#limitMs = limitMs
    this.#maxLagSeconds = maxLagSeconds
  }

  /** A turn went well. Times are unix milliseconds. */
  beat(startedAt: number, endedAt: number, head: Block | undefined): void {
    this.#last = { at: endedAt, tookMs: endedAt - startedAt, head }
  }

  /** Red when the loop does not turn, whatever the process does. */
  health(now: number): Health {
    if (this.#last === undefined) return { healthy: false, lastTick: null }
    const { at, tookMs, head } = this.#last
    const lag = head === undefined ? Number.POSITIVE_INFINITY : Math.max(now / 1000 - head.time, 0)
    const isBehind = this.#maxLagSeconds > 0 && lag > this.#maxLagSeconds
    return {
      healthy: now - at <= this.#limitMs && !isBehind,
      lastTick: { secondsAgo: (now - at) / 1000, tookMs },
      block: head?.number ?? null,
      chainLagSeconds: head === undefined ? null : lag,
    }
  }
}
