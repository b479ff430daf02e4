import { hrtime } from 'node:process'
import { keccak256, toUtf8Bytes } from 'ethers'
import type { Hex } from '../../../sdk/domain/job.ts'
import type { ExecutionEnd } from '../../core/facts.ts'
import { NO_RESULT } from '../../core/reports.ts'
import { readText } from '../../files/readText.ts'
import { type EndRecord, type ExecutionDirectory, readRecord, type Start } from './executionDirectory.ts'
import { isAlive, type ProcessIdentity } from './processes.ts'

/** What the files of an execution and its supervisor tell of it. */
export type ExecutionState =
  | { readonly state: 'submitting' | 'queued' | 'lost' }
  | { readonly state: 'running'; readonly startedAt: number; readonly secondsUsed: number }
  | { readonly state: 'ended'; readonly end: ExecutionEnd }

/** Reads the states of executions. */
export class ExecutionStates {
  /** An end never changes, and hashing the output again takes time. */
  readonly #ends = new Map<string, ExecutionEnd>()

  of(name: string, files: ExecutionDirectory): ExecutionState {
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

  forget(name: string): void {
    this.#ends.delete(name)
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
}

/** The machine's monotonic clock is one for all processes and does not stop for a restart of the agent. */
function secondsSince({ monotonic }: Start): number {
  return Number((hrtime.bigint() - BigInt(monotonic)) / 1_000_000_000n)
}

function hashOf(output: string | undefined): Hex {
  return output === undefined ? NO_RESULT : (keccak256(toUtf8Bytes(output)) as Hex)
}
