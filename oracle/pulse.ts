import type { Block } from './chain/history.ts'
import type { Health } from './relay/server.ts'

/** Whether the loop turns: the facts of its last good turn. */
export class Pulse {
  readonly #limitMs: number
  #last: { readonly at: number; readonly tookMs: number; readonly head: Block | undefined } | undefined

  /** @param limitMs Milliseconds without a good turn after which the oracle is not healthy. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /** A turn went well. Times are unix milliseconds. */
  beat(startedAt: number, endedAt: number, head: Block | undefined): void {
    this.#last = { at: endedAt, tookMs: endedAt - startedAt, head }
  }

  /** Red when the loop does not turn, whatever the process does. */
  health(now: number): Health {
    if (this.#last === undefined) return { healthy: false, lastTick: null }
    const { at, tookMs, head } = this.#last
    return {
      healthy: now - at <= this.#limitMs,
      lastTick: { secondsAgo: (now - at) / 1000, tookMs },
      block: head?.number ?? null,
      chainLagSeconds: head === undefined ? null : Math.max(now / 1000 - head.time, 0),
    }
  }
}
