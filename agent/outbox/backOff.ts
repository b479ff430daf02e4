/** When what is due is tried again: soon at first, then less and less often. */
export class BackOff {
  readonly #firstSeconds: number
  readonly #longestSeconds: number
  readonly #tries = new Map<string, { readonly count: number; readonly next: number }>()

  constructor(firstSeconds: number, longestSeconds: number) {
    this.#firstSeconds = firstSeconds
    this.#longestSeconds = longestSeconds
  }

  isDue(key: string, now: number): boolean {
    return now >= (this.#tries.get(key)?.next ?? 0)
  }

  /** Counts a try, and sets the time of the next. */
  count(key: string, now: number): void {
    const count = (this.#tries.get(key)?.count ?? 0) + 1
    const seconds = Math.min(this.#firstSeconds * 2 ** (count - 1), this.#longestSeconds)
    this.#tries.set(key, { count, next: now + seconds })
  }

  /** What is tried next is due at once. */
  reset(key: string): void {
    this.#tries.delete(key)
  }

  /** Forgets all but these keys. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#tries.keys()) if (!keys.has(key)) this.#tries.delete(key)
  }
}
