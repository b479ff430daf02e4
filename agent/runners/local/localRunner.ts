import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { executionName } from '../../../sdk/domain/job.ts'
import type { Execution, Room } from '../../core/facts.ts'
import { readBytes } from '../../files/readBytes.ts'
import { readText } from '../../files/readText.ts'
import { removeTree } from '../../files/removeTree.ts'
import { createDurably, syncDirectory, writeDurably } from '../../files/writeDurably.ts'
import type { ExecutionOrder, ExecutionResources, Runner } from '../runner.ts'
import { type Capacity, roomFor } from './capacity.ts'
import { removeCgroups } from './confinement/cgroups.ts'
import {
  type EndRecord,
  type ExecutionDirectory,
  executionDirectory,
  readRecord,
  type Spec,
  type Start,
  type Tombstone,
} from './executionDirectory.ts'
import { ExecutionStates } from './executionStates.ts'
import { type ExecutionSettings, prepareExecution } from './prepareExecution.ts'
import { endMembers, isAlive, NO_PROCESS, type ProcessIdentity, signalProcess } from './processes.ts'
import { spawnSupervisor } from './spawnSupervisor.ts'

const NAME = /^0x[0-9a-f]{64}-\d{1,2}$/

export interface LocalRunnerOptions extends ExecutionSettings {
  /** Where executions live; the runner makes `executions/` and `ended/` in it. */
  readonly directory: string
  /** The Node program that supervisors run under. */
  readonly node: string
  /** What all executions together may occupy. */
  readonly capacity: Capacity
}

/**
 * Runs jobs as processes of this machine, each under a supervisor of its own that outlives the agent. What a tombstone
 * stands for is over, whatever a removal that was cut short has left of its directory.
 */
export class LocalRunner implements Runner {
  readonly #options: LocalRunnerOptions
  readonly #executions: string
  readonly #ended: string
  readonly #states = new ExecutionStates()

  constructor(options: LocalRunnerOptions) {
    this.#options = options
    this.#executions = join(options.directory, 'executions')
    this.#ended = join(options.directory, 'ended')
    for (const directory of [this.#executions, this.#ended]) mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (const name of this.#names()) if (this.#isForgotten(name)) this.#remove(name)
  }

  async room(resources: ExecutionResources): Promise<Room> {
    const live = (await this.list()).filter(({ state }) => state !== 'ended')
    const specs = live.map(({ name }) => readRecord<Spec>(this.#files(name).spec))
    return roomFor(
      this.#options.capacity,
      specs.flatMap((spec) => (spec === undefined ? [] : [spec.resources])),
      resources,
    )
  }

  async submit(order: ExecutionOrder): Promise<void> {
    const name = executionName(order.id, order.attempt)
    if (this.#isForgotten(name)) return
    const files = this.#files(name)
    if (!existsSync(files.directory)) prepareExecution(files, order, this.#options)
    await this.resume(name)
  }

  async resume(name: string): Promise<void> {
    const files = this.#files(name)
    if (this.#isForgotten(name) || !existsSync(files.spec) || existsSync(files.lock)) return
    await spawnSupervisor(files, this.#options.node)
  }

  async inspect(name: string): Promise<Execution | undefined> {
    const files = this.#files(name)
    return this.#forgotten(name) ?? this.#kept(name, files)
  }

  async list(): Promise<readonly Execution[]> {
    const names = this.#names().filter((name) => !this.#isForgotten(name))
    const executions = names.map((name) => this.#kept(name, this.#files(name)))
    return executions.filter((execution) => execution !== undefined)
  }

  async cancel(name: string): Promise<void> {
    const files = this.#files(name)
    if (this.#isForgotten(name) || !existsSync(files.spec) || existsSync(files.end)) return
    writeDurably(files.cancel, '')
    if (createDurably(files.lock, JSON.stringify(NO_PROCESS))) {
      writeDurably(files.end, JSON.stringify(unmetered('cancelled', undefined)))
      return
    }
    const supervisor = readRecord<ProcessIdentity>(files.lock) ?? NO_PROCESS
    if (isAlive(supervisor)) signalProcess(supervisor.pid, 'SIGUSR2')
    else await this.#clearAway(name, files)
  }

  async extend(name: string, timeLimitSeconds: number): Promise<void> {
    const files = this.#files(name)
    const current = readRecord<number>(files.limit)
    if (current === undefined || current >= timeLimitSeconds) return
    writeDurably(files.limit, JSON.stringify(timeLimitSeconds))
  }

  async logs(name: string): Promise<string> {
    return readText(this.#files(name).output) ?? ''
  }

  async output(name: string, fromByte: number, maxBytes: number): Promise<Uint8Array> {
    return readBytes(this.#files(name).output, fromByte, maxBytes)
  }

  async forget(name: string): Promise<void> {
    const execution = await this.inspect(name)
    if (execution?.state !== 'ended') return
    const { id, attempt, timeLimitSeconds, end } = execution
    const tombstone: Tombstone = { id, attempt, timeLimitSeconds, end }
    writeDurably(this.#tombstone(name), JSON.stringify(tombstone))
    this.#remove(name)
    this.#states.forget(name)
  }

  #remove(name: string): void {
    removeTree(this.#files(name).directory)
    syncDirectory(this.#executions)
  }

  #names(): string[] {
    return readdirSync(this.#executions).filter((entry) => NAME.test(entry))
  }

  #isForgotten(name: string): boolean {
    return existsSync(this.#tombstone(name))
  }

  /** A dead supervisor's execution is over once nothing of it runs any more. */
  async #clearAway(name: string, files: ExecutionDirectory): Promise<void> {
    const start = readRecord<Start>(files.start)
    const isClear = await endMembers(name, start, 0)
    if (!isClear) return
    removeCgroups(start?.cgroups ?? [])
    if (!existsSync(files.end)) writeDurably(files.end, JSON.stringify(unmetered('lost', start)))
  }

  #kept(name: string, files: ExecutionDirectory): Execution | undefined {
    const spec = readRecord<Spec>(files.spec)
    if (spec === undefined) return undefined
    const { id, attempt } = spec
    const timeLimitSeconds = readRecord<number>(files.limit) ?? spec.timeLimitSeconds
    return { name, id, attempt, timeLimitSeconds, ...this.#states.of(name, files) }
  }

  #forgotten(name: string): Execution | undefined {
    const tombstone = readRecord<Tombstone>(this.#tombstone(name))
    return tombstone === undefined ? undefined : { name, state: 'ended', ...tombstone }
  }

  #files(name: string): ExecutionDirectory {
    if (!NAME.test(name)) throw new RangeError(`${name} is not the name of an execution: <job id>-<attempt>`)
    return executionDirectory(join(this.#executions, name))
  }

  #tombstone(name: string): string {
    return join(this.#ended, `${name}.json`)
  }
}

function unmetered(reason: 'cancelled' | 'lost', start: Start | undefined): EndRecord {
  const nothing = { secondsUsed: 0, exitCode: 0, signal: null, outputBytes: 0, keptBytes: 0 }
  return { ...nothing, reason, startedAt: start?.startedAt ?? 0, endedAt: Math.floor(Date.now() / 1000) }
}
