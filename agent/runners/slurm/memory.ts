import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionEnd } from '../../core/facts.ts'
import { readText } from '../../files/readText.ts'
import { syncDirectory, writeDurably } from '../../files/writeDurably.ts'
import type { ExecutionOrder } from '../runner.ts'

/** What is to run, written before Slurm is told of it, and what was asked since. */
export interface Intent extends ExecutionOrder {
  readonly name: string
  /** The user that it runs under; undefined: the agent's own. */
  readonly user: string | undefined
  /** What its batch script signs its records with. */
  readonly token: string
  /** Unix seconds of the last sbatch; written before it. undefined: none yet. */
  readonly attemptedAt?: number | undefined
  /** Slurm's id, where sbatch or a look into the queue told it. */
  readonly slurmId?: string | undefined
  readonly isCancelled?: boolean | undefined
}

/** How an execution ended, for good. */
export type Tombstone = Pick<Intent, 'name' | 'id' | 'attempt' | 'timeLimitSeconds'> & { readonly end: ExecutionEnd }

/** What the runner must not forget: intents, and what came of them. Each change is on the disk before it counts. */
export class Memory {
  readonly #executions: string
  readonly #ended: string
  readonly #intents = new Map<string, Intent>()
  readonly #ends = new Map<string, Tombstone>()

  constructor(directory: string) {
    this.#executions = join(directory, 'executions')
    this.#ended = join(directory, 'ended')
    for (const folder of [this.#executions, this.#ended]) mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(this.#executions)) this.#load(name)
  }

  intents(): readonly Intent[] {
    return [...this.#intents.values()]
  }

  intent(name: string): Intent | undefined {
    return this.#intents.get(name)
  }

  put(intent: Intent): void {
    const folder = join(this.#executions, intent.name)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeDurably(join(folder, 'intent.json'), JSON.stringify(intent))
    syncDirectory(this.#executions)
    this.#intents.set(intent.name, intent)
  }

  /** The end of an execution that is not forgotten, or of one that is. */
  end(name: string): Tombstone | undefined {
    const known = this.#ends.get(name)
    if (known !== undefined) return known
    const text = readText(join(this.#ended, `${name}.json`))
    return text === undefined ? undefined : (JSON.parse(text) as Tombstone)
  }

  /** Keeps the output, then the end: what has an end has its output. */
  finish(tombstone: Tombstone, output: Uint8Array, text: string): void {
    const folder = join(this.#executions, tombstone.name)
    writeDurably(join(folder, 'output'), output)
    writeDurably(join(folder, 'log'), text)
    writeDurably(join(folder, 'end.json'), JSON.stringify(tombstone))
    this.#ends.set(tombstone.name, tombstone)
  }

  output(name: string): Uint8Array {
    const file = join(this.#executions, name, 'output')
    return existsSync(file) ? readFileSync(file) : new Uint8Array()
  }

  log(name: string): string {
    return readText(join(this.#executions, name, 'log')) ?? ''
  }

  /** Forgets all but how it ended. */
  bury(name: string): void {
    const tombstone = this.#ends.get(name)
    if (tombstone === undefined) return
    writeDurably(join(this.#ended, `${name}.json`), JSON.stringify(tombstone))
    rmSync(join(this.#executions, name), { recursive: true, force: true })
    syncDirectory(this.#executions)
    this.#intents.delete(name)
    this.#ends.delete(name)
  }

  #load(name: string): void {
    const read = (file: string): string | undefined => readText(join(this.#executions, name, file))
    const [intent, end] = [read('intent.json'), read('end.json')]
    if (intent === undefined) return
    this.#intents.set(name, JSON.parse(intent) as Intent)
    if (end !== undefined) this.#ends.set(name, JSON.parse(end) as Tombstone)
  }
}
