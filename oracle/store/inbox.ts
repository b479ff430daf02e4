import { type NewMessage, storeMessage } from './messages.ts'
import type { Store } from './openStore.ts'

interface Waiting {
  readonly message: NewMessage
  readonly done: (failure?: unknown) => void
}

/** Messages that one transaction writes at most. */
const TOGETHER = 500

/**
 * Writes messages down durably. Those that come while the disk is busy are written together: a disk is asked to keep something as often
 * as it can answer, however many messages come.
 */
export class Inbox {
  readonly #store: Store
  #waiting: Waiting[] = []
  #isWriting = false

  constructor(store: Store) {
    this.#store = store
  }

  /** Messages that are not written yet. */
  get depth(): number {
    return this.#waiting.length
  }

  /** Resolves when the message is kept, whatever happens from then on. */
  async add(message: NewMessage): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const done = (failure?: unknown) => (failure === undefined ? resolve() : reject(failure))
      this.#waiting.push({ message, done })
      if (!this.#isWriting) void this.#write()
    })
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, TOGETHER)
      const failure = await this.#keep(together).then(
        () => undefined,
        (cause: unknown) => cause ?? new Error('not kept'),
      )
      for (const { done } of together) done(failure)
    }
    this.#isWriting = false
  }

  async #keep(together: readonly Waiting[]): Promise<void> {
    const now = Date.now()
    await this.#store.transaction().execute(async (write) => {
      for (const { message } of together) await storeMessage(write, message, now)
    })
  }
}
