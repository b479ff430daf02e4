import { join } from 'node:path'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import { readText } from '../files/readText.ts'
import { writeDurably } from '../files/writeDurably.ts'

/** A block that was scanned, by which a later look tells a reorg. */
export interface Checkpoint {
  readonly block: number
  readonly hash: string
}

/** A job that was ever assigned to this provider and may still need something. */
export interface WatchedJob {
  readonly id: Hex
  /** Block of an assignment to this provider; the submission is not later. */
  readonly assignedAt: number
  /** Once it was found on the chain. */
  readonly request?: JobRequest
  /** Block at which nothing was left to do. */
  readonly settledAt?: number
}

interface Saved {
  readonly checkpoints: readonly Checkpoint[]
  readonly jobs: readonly WatchedJob[]
}

const CHECKPOINTS = 128
/** A look back over so many blocks costs less than a write for each. */
const BLOCKS_BETWEEN_WRITES = 500

/** Remembers on disk which jobs to look at and how far the chain was scanned; without the file, both come from the chain. */
export class WatchList {
  readonly #file: string
  readonly #jobs = new Map<Hex, WatchedJob>()
  #checkpoints: readonly Checkpoint[] = []
  #isChanged = false
  #savedBlock = 0

  constructor(directory: string) {
    this.#file = join(directory, 'watched.json')
    const text = readText(this.#file)
    if (text === undefined) return
    const saved = JSON.parse(text, revive) as Saved
    this.#checkpoints = saved.checkpoints
    for (const job of saved.jobs) this.#jobs.set(job.id, job)
    this.#savedBlock = this.lastBlock() ?? 0
  }

  /** Newest first. */
  checkpoints(): readonly Checkpoint[] {
    return this.#checkpoints.toReversed()
  }

  lastBlock(): number | undefined {
    return this.#checkpoints.at(-1)?.block
  }

  /** Jobs that are not settled. */
  open(): readonly WatchedJob[] {
    return [...this.#jobs.values()].filter((job) => job.settledAt === undefined)
  }

  /** The request of a job, where it is known. */
  requestOf(id: Hex): JobRequest | undefined {
    return this.#jobs.get(id)?.request
  }

  settledBefore(block: number): readonly WatchedJob[] {
    return [...this.#jobs.values()].filter((job) => job.settledAt !== undefined && job.settledAt < block)
  }

  /** An assignment was seen: the job is open, whatever was before. */
  watch(id: Hex, assignedAt: number): void {
    const known = this.#jobs.get(id)
    if (known !== undefined && known.settledAt === undefined && known.assignedAt <= assignedAt) return
    const request = known?.request === undefined ? {} : { request: known.request }
    this.#put({ id, assignedAt, ...request })
  }

  /** Keeps the request of a job. */
  learn(id: Hex, request: JobRequest): void {
    const known = this.#jobs.get(id)
    if (known !== undefined) this.#put({ ...known, request })
  }

  settle(id: Hex, settledAt: number): void {
    const known = this.#jobs.get(id)
    if (known !== undefined && known.settledAt === undefined) this.#put({ ...known, settledAt })
  }

  forget(id: Hex): void {
    this.#isChanged = this.#jobs.delete(id) || this.#isChanged
  }

  advance(checkpoint: Checkpoint): void {
    if (this.lastBlock() === checkpoint.block) return
    this.#checkpoints = [...this.#checkpoints, checkpoint].slice(-CHECKPOINTS)
  }

  /** The chain holds other blocks behind this one (undefined: everywhere): what was settled there is open again. */
  rollBackTo(checkpoint: Checkpoint | undefined): void {
    const last = checkpoint?.block ?? -1
    this.#checkpoints = this.#checkpoints.filter(({ block }) => block <= last)
    for (const { settledAt, ...open } of this.settledBefore(Number.POSITIVE_INFINITY)) {
      if (settledAt !== undefined && settledAt > last) this.#put(open)
    }
    this.#isChanged = true
  }

  /** Writes to disk what a restart should not have to find out again. */
  save(): void {
    const last = this.lastBlock() ?? 0
    if (!this.#isChanged && last - this.#savedBlock < BLOCKS_BETWEEN_WRITES) return
    const saved: Saved = { checkpoints: this.#checkpoints, jobs: [...this.#jobs.values()] }
    writeDurably(this.#file, JSON.stringify(saved, replace))
    this.#isChanged = false
    this.#savedBlock = last
  }

  #put(job: WatchedJob): void {
    this.#jobs.set(job.id, job)
    this.#isChanged = true
  }
}

function replace(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { bigint: String(value) } : value
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('bigint' in value)) return value
  return BigInt(String(value.bigint))
}
