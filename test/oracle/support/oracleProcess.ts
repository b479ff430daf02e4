import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { canonicalJson } from '../../../oracle/canonicalJson.ts'
import type { Hex } from '../../../sdk/domain/job.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

export interface LogEntry {
  readonly msg: string
  readonly [fact: string]: unknown
}

/** An oracle as a process of its own. */
export class OracleProcess {
  readonly #child: ChildProcess
  readonly #entries: LogEntry[] = []
  readonly #listeners = new Set<() => void>()
  #url = ''

  constructor(env: Record<string, string>) {
    const path = process.env['PATH'] ?? ''
    this.#child = spawn(process.execPath, ['--import', 'tsx', 'oracle/index.ts'], {
      cwd: ROOT,
      env: { PATH: path, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child.once('exit', () => this.#tell())
    if (this.#child.stdout === null) throw new Error('the oracle has no output')
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#entries.push(JSON.parse(line))
      this.#tell()
    })
  }

  get url(): string {
    return this.#url
  }

  /** Resolves with the log entry that says `message` for the `times`-th time, or throws when the process ends without it. */
  async says(message: string, times = 1): Promise<LogEntry> {
    for (;;) {
      const entry = this.#entries.filter(({ msg }) => msg === message)[times - 1]
      if (entry !== undefined) return entry
      if (this.#hasEnded()) {
        throw new Error(`the oracle ended without saying "${message}": ${JSON.stringify(this.#entries)}`)
      }
      await new Promise<void>((resolve) => this.#listeners.add(resolve))
    }
  }

  async listening(): Promise<this> {
    this.#url = String((await this.says('listening'))['url'])
    return this
  }

  async post(path: string, body: unknown): Promise<{ status: number; key: Hex }> {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${this.#url}/v1/${path}`, { method: 'POST', headers, body: canonicalJson(body) })
    return { status: answer.status, ...((await answer.json()) as { key: Hex }) }
  }

  async stateOf(key: string): Promise<string> {
    const answer = await fetch(`${this.#url}/v1/messages/${key}`)
    return ((await answer.json()) as { state: string }).state
  }

  /** Resolves when a message has come to a state. */
  async reaches(key: string, state: string): Promise<void> {
    for (let last = ''; last !== state; last = await this.stateOf(key)) await new Promise(setImmediate)
  }

  async health(): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${this.#url}/healthz`)
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  /** Stops the process where it is, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal)
  }

  /** Ends the process by a signal. Gives back its exit code, null where the signal killed it. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    if (this.#hasEnded()) return this.#child.exitCode
    const exit = once(this.#child, 'exit')
    this.#child.kill(signal)
    return (await exit)[0]
  }

  /** The exit code of a process that ends by itself. */
  async exitCode(): Promise<number | null> {
    if (!this.#hasEnded()) await once(this.#child, 'exit')
    return this.#child.exitCode
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}
