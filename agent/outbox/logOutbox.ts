import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../files/readText.ts'
import { writeDurably } from '../files/writeDurably.ts'

const WAITING = '.log'
const DONE = '.done'

/** Outputs on their way to the gateway, one file each; of a delivered one only the name stays, so that it is sent once. */
export class LogOutbox {
  readonly #directory: string
  readonly #waiting = new Set<string>()
  readonly #done = new Set<string>()

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (const file of readdirSync(directory)) {
      if (file.endsWith('.tmp')) rmSync(join(directory, file), { force: true })
      if (file.endsWith(WAITING)) this.#waiting.add(file.slice(0, -WAITING.length))
      if (file.endsWith(DONE)) this.#done.add(file.slice(0, -DONE.length))
    }
  }

  has(name: string): boolean {
    return this.#waiting.has(name) || this.#done.has(name)
  }

  /** Names of executions whose output was put here. */
  names(): ReadonlySet<string> {
    return new Set([...this.#waiting, ...this.#done])
  }

  waiting(): readonly string[] {
    return [...this.#waiting]
  }

  /** Keeps the output of an execution, by its name; the first that was kept stays. */
  put(name: string, text: string): void {
    if (this.has(name)) return
    writeDurably(this.#file(name, WAITING), text)
    this.#waiting.add(name)
  }

  text(name: string): string {
    return readText(this.#file(name, WAITING)) ?? ''
  }

  /** The gateway has it, or will never take it. */
  finish(name: string): void {
    writeDurably(this.#file(name, DONE), '')
    this.#done.add(name)
    rmSync(this.#file(name, WAITING), { force: true })
    this.#waiting.delete(name)
  }

  #file(name: string, suffix: string): string {
    return join(this.#directory, `${name}${suffix}`)
  }
}
