import type { Hex } from '../sdk/domain/job.ts'

const TIMEOUT_MS = 2_000
const AT_ONCE = 16

/** What is known about definitions: those that the gateway holds, and those it gave no answer about. */
export interface Holdings {
  readonly held: ReadonlySet<Hex>
  readonly unanswered: ReadonlySet<Hex>
}

/** Asks the gateway which definitions it holds. An answer that does not come decides nothing. */
export class Gateway {
  readonly #url: string
  #confirmed = new Set<Hex>()

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, '')
  }

  /** What the gateway says of these definitions. One that it held before is not asked for again while it is wanted. */
  async holdings(definitions: readonly Hex[]): Promise<Holdings> {
    const wanted = new Set(definitions)
    this.#confirmed = new Set([...this.#confirmed].filter((hash) => wanted.has(hash)))
    const open = [...wanted].filter((hash) => !this.#confirmed.has(hash))
    const unanswered = new Set<Hex>()
    const deadline = AbortSignal.timeout(TIMEOUT_MS)
    for (let start = 0; start < open.length; start += AT_ONCE) {
      await Promise.all(open.slice(start, start + AT_ONCE).map((hash) => this.#ask(hash, deadline, unanswered)))
    }
    return { held: this.#confirmed, unanswered }
  }

  async #ask(hash: Hex, signal: AbortSignal, unanswered: Set<Hex>): Promise<void> {
    try {
      const { status } = await fetch(`${this.#url}/v1/definitions/${hash}`, { method: 'HEAD', signal })
      if (status === 200) this.#confirmed.add(hash)
      else if (status !== 404) unanswered.add(hash)
    } catch {
      unanswered.add(hash)
    }
  }
}
