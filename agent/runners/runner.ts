import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import type { Execution, Room } from '../core/facts.ts'

/** What an execution occupies. */
export type ExecutionResources = Pick<JobRequest, 'tasks' | 'cpusPerTask' | 'memPerCpu' | 'gpus'>

/** What a runner is given to run, once and under one name. */
export interface ExecutionOrder {
  readonly id: Hex
  readonly attempt: number
  /** Bash text. */
  readonly script: string
  /** Set for the script beside what the runner itself sets. */
  readonly env: Readonly<Record<string, string>>
  readonly resources: ExecutionResources
  readonly timeLimitSeconds: number
}

/**
 * Where jobs run. An execution is known by its name, `<job id>-<attempt>`, which runs at most once, whatever is called how
 * often and whoever crashes when. Each call may fail; a call that failed may have had its effect, and is made again.
 */
export interface Runner {
  /** Whether an execution of this size can start now, later, or never. */
  room(resources: ExecutionResources): Promise<Room>
  /** Writes the intent, then starts the execution. Called again under the same name, it only makes sure of the start. */
  submit(order: ExecutionOrder): Promise<void>
  /** Makes sure of the start of one whose intent is written. */
  resume(name: string): Promise<void>
  /** What is known of one execution; undefined where there never was one. */
  inspect(name: string): Promise<Execution | undefined>
  /** Every execution that is not forgotten. */
  list(): Promise<readonly Execution[]>
  /** Ends an execution with everything that it started, or keeps it from starting; asks again where it was asked before. */
  cancel(name: string): Promise<void>
  /** Raises the time limit; a limit that is not higher changes nothing. */
  extend(name: string, timeLimitSeconds: number): Promise<void>
  /** What the execution printed so far: valid UTF-8, at most the output limit, with a marker where something is left out. */
  logs(name: string): Promise<string>
  /** Bytes of what it printed so far, as it printed them: at most `maxBytes` from `fromByte` on, none where there is no more yet. */
  output(name: string, fromByte: number, maxBytes: number): Promise<Uint8Array>
  /** Removes what an ended execution left behind, but never the memory that its name has run. */
  forget(name: string): Promise<void>
}
