import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hrtime } from 'node:process'
import { keccak256, toUtf8Bytes } from 'ethers'
import { executionName, type Hex } from '../../../sdk/domain/job.ts'
import type { Execution, ExecutionEnd, Room } from '../../core/facts.ts'
import { NO_RESULT } from '../../core/reports.ts'
import { readText } from '../../files/readText.ts'
import { createDurably, syncDirectory, writeDurably } from '../../files/writeDurably.ts'
import type { ExecutionOrder, ExecutionResources, Runner } from '../runner.ts'
import { type Capacity, roomFor } from './capacity.ts'
import {
  type EndRecord,
  type ExecutionDirectory,
  executionDirectory,
  readRecord,
  type Spec,
  type Start,
  type Tombstone,
} from './executionDirectory.ts'
import { prepareExecution } from './prepareExecution.ts'
import { endMembers, isAlive, NO_PROCESS, type ProcessIdentity, signalProcess } from './processes.ts'
import { spawnSupervisor } from './spawnSupervisor.ts'

const NAME = /^0x[0-9a-f]{64}-\d{1,2}$/

export interface LocalRunnerOptions {
  /** Where executions live; the runner makes `executions/` and `ended/` in it. */
  readonly directory: string
  /** The Node program that supervisors run under. */
  readonly node: string
  /** PATH of the scripts. */
  readonly path: string
  readonly outputLimitBytes: number
  /** Between SIGTERM and SIGKILL. */
  readonly graceSeconds: number
  /** What all executions together may occupy. */
  readonly capacity: Capacity
}

/** Runs jobs as processes of this machine, each under a supervisor of its own that outlives the agent. */
export class LocalRunner implements Runner {
  readonly #options: LocalRunnerOptions
  readonly #executions: string
  readonly #ended: string
  /** An end never changes, and hashing the output again takes time. */
  readonly #ends = new Map<string, ExecutionEnd>()

  constructor(options: LocalRunnerOptions) {
    this.#options = options
    this.#executions = join(options.directory, 'executions')
    this.#ended = join(options.directory, 'ended')
    for (const directory of [this.#executions, this.#ended]) mkdirSync(directory, { recursive: true, mode: 0o700 })
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
    if (existsSync(this.#tombstone(name))) return
    const files = this.#files(name)
    if (!existsSync(files.directory)) prepareExecution(files, order, this.#options)
    await this.resume(name)
  }

  async resume(name: string): Promise<void> {
    const files = this.#files(name)
    if (existsSync(files.spec) && !existsSync(files.lock)) await spawnSupervisor(files, this.#options.node)
  }

  async inspect(name: string): Promise<Execution | undefined> {
    const files = this.#files(name)
    const spec = readRecord<Spec>(files.spec)
    if (spec === undefined) return this.#forgotten(name)
    const { id, attempt } = spec
    const timeLimitSeconds = readRecord<number>(files.limit) ?? spec.timeLimitSeconds
    return { name, id, attempt, timeLimitSeconds, ...this.#stateOf(name, files) }
  }

  async list(): Promise<readonly Execution[]> {
    const names = readdirSync(this.#executions).filter((entry) => NAME.test(entry))
    const executions = await Promise.all(names.map((name) => this.inspect(name)))
    return executions.filter((execution) => execution !== undefined)
  }

  async cancel(name: string): Promise<void> {
    const files = this.#files(name)
    if (!existsSync(files.spec) || existsSync(files.end)) return
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

  async forget(name: string): Promise<void> {
    const execution = await this.inspect(name)
    if (execution?.state !== 'ended') return
    const { id, attempt, timeLimitSeconds, end } = execution
    const tombstone: Tombstone = { id, attempt, timeLimitSeconds, end }
    writeDurably(this.#tombstone(name), JSON.stringify(tombstone))
    rmSync(this.#files(name).directory, { recursive: true, force: true })
    syncDirectory(this.#executions)
    this.#ends.delete(name)
  }

  #stateOf(name: string, files: ExecutionDirectory): State {
    const supervisor = readRecord<ProcessIdentity>(files.lock)
    if (supervisor === undefined) return { state: 'submitting' }
    const start = readRecord<Start>(files.start)
    const isSupervised = isAlive(supervisor)
    // Read last: a supervisor that has just gone has written it before.
    const end = this.#endOf(name, files)
    if (end !== undefined) return { state: 'ended', end }
    if (!isSupervised) return { state: 'lost' }
    if (start === undefined) return { state: 'queued' }
    return { state: 'running', startedAt: start.startedAt, secondsUsed: secondsSince(start) }
  }

  #endOf(name: string, files: ExecutionDirectory): ExecutionEnd | undefined {
    const known = this.#ends.get(name)
    if (known !== undefined) return known
    const record = readRecord<EndRecord>(files.end)
    if (record === undefined) return undefined
    const { reason, startedAt, secondsUsed, exitCode } = record
    const end = { reason, startedAt, secondsUsed, exitCode, output: hashOf(readText(files.output)) }
    this.#ends.set(name, end)
    return end
  }

  /** A dead supervisor's execution is over once nothing of it runs any more. */
  async #clearAway(name: string, files: ExecutionDirectory): Promise<void> {
    const start = readRecord<Start>(files.start)
    const isClear = await endMembers(name, start?.leader, 0)
    if (isClear && !existsSync(files.end)) writeDurably(files.end, JSON.stringify(unmetered('lost', start)))
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

type State =
  | { readonly state: 'submitting' | 'queued' | 'lost' }
  | { readonly state: 'running'; readonly startedAt: number; readonly secondsUsed: number }
  | { readonly state: 'ended'; readonly end: ExecutionEnd }

function unmetered(reason: 'cancelled' | 'lost', start: Start | undefined): EndRecord {
  const nothing = { secondsUsed: 0, exitCode: 0, signal: null, outputBytes: 0, keptBytes: 0 }
  return { ...nothing, reason, startedAt: start?.startedAt ?? 0, endedAt: Math.floor(Date.now() / 1000) }
}

/** The machine's monotonic clock is one for all processes and does not stop for a restart of the agent. */
function secondsSince({ monotonic }: Start): number {
  return Number((hrtime.bigint() - BigInt(monotonic)) / 1_000_000_000n)
}

function hashOf(output: string | undefined): Hex {
  return output === undefined ? NO_RESULT : (keccak256(toUtf8Bytes(output)) as Hex)
}
