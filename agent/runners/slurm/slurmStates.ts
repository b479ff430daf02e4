import type { EndReason, ExecutionEnd } from '../../core/facts.ts'
import type { SlurmJob } from './slurmJob.ts'

/** What the batch script wrote about itself, with the token of its execution. */
export interface BatchRecord {
  readonly reason: 'exited' | 'time-limit'
  /** Whole seconds of the node's monotonic clock. */
  readonly secondsUsed: number
  /** With which the batch script ends. */
  readonly exitCode: number
}

/** Exit codes with which the batch script says that it did not start the job's script. */
export const ALREADY_STARTED = 222
export const NOT_PREPARED = 223

/** Seconds that the two meters may differ before Slurm's counts; also the longest that a batch script takes to give up. */
export const METER_TOLERANCE_SECONDS = 5

/** Exit code of what its time limit ended: as SIGTERM has it. */
const LIMIT_EXIT_CODE = 143
/** Exit code of what needed more memory than it has: as the kernel's SIGKILL has it. */
const MEMORY_EXIT_CODE = 137

export type Phase = 'queued' | 'running' | 'ended'

type Ending = EndReason | 'by-exit-code' | 'out-of-memory'

/** What each of Slurm's states means for an execution. The reasons are those of an end. */
export const STATES: Readonly<Record<string, Phase | { readonly end: Ending }>> = {
  PENDING: 'queued',
  CONFIGURING: 'queued',
  REQUEUED: 'queued',
  REQUEUE_FED: 'queued',
  REQUEUE_HOLD: 'queued',
  RESV_DEL_HOLD: 'queued',
  SPECIAL_EXIT: 'queued',
  POWER_UP_NODE: 'queued',
  RUNNING: 'running',
  COMPLETING: 'running',
  RESIZING: 'running',
  SIGNALING: 'running',
  STAGE_OUT: 'running',
  STOPPED: 'running',
  SUSPENDED: 'running',
  UPDATE_DB: 'running',
  COMPLETED: { end: 'by-exit-code' },
  FAILED: { end: 'by-exit-code' },
  TIMEOUT: { end: 'time-limit' },
  OUT_OF_MEMORY: { end: 'out-of-memory' },
  CANCELLED: { end: 'cancelled' },
  // None of these is the job's fault: it goes back to the grid and costs nothing.
  BOOT_FAIL: { end: 'not-started' },
  LAUNCH_FAILED: { end: 'not-started' },
  RECONFIG_FAIL: { end: 'not-started' },
  DEADLINE: { end: 'lost' },
  NODE_FAIL: { end: 'lost' },
  PREEMPTED: { end: 'lost' },
  REVOKED: { end: 'lost' },
}

const LAUNCH_FAILURES = new Set(['JobLaunchFailure', 'BadConstraints', 'launch_failed_requeued_held'])

/** Where a job stands. A state that is not known decides nothing: the job counts as one that runs. */
export function phaseOf({ state, startedAt }: Pick<SlurmJob, 'state' | 'startedAt'>): Phase {
  const known = STATES[state] ?? 'running'
  if (typeof known !== 'string') return 'ended'
  // One that is cancelled before its start may be completing too.
  return known === 'running' && startedAt === 0 ? 'queued' : known
}

/** How a job that is over ended, by Slurm's word; of the batch script's record only what Slurm's own figures agree with. */
export function endOf(job: SlurmJob, record: BatchRecord | undefined): Omit<ExecutionEnd, 'output'> {
  const { reason, exitCode } = outcome(job, record)
  // Of what was cancelled while it waited Slurm says that it started when it ended.
  const neverRan = reason === 'cancelled' && job.elapsedSeconds === 0
  const ran = reason !== 'not-started' && !neverRan && job.startedAt > 0
  const secondsUsed = ran ? metered(job.elapsedSeconds, record) : 0
  return { reason, exitCode, startedAt: ran ? job.startedAt : 0, secondsUsed }
}

function outcome(job: SlurmJob, record: BatchRecord | undefined): { reason: EndReason; exitCode: number } {
  const known = STATES[job.state] ?? 'running'
  const ending = typeof known === 'string' ? 'lost' : known.end
  if (ending === 'out-of-memory') return { reason: 'exited', exitCode: MEMORY_EXIT_CODE }
  if (ending === 'time-limit') return { reason: 'time-limit', exitCode: LIMIT_EXIT_CODE }
  if (ending !== 'by-exit-code') return { reason: ending, exitCode: 0 }
  if (record?.reason === 'time-limit') return { reason: 'time-limit', exitCode: LIMIT_EXIT_CODE }
  // A job that kills its batch script looks the same, but only after it has run.
  const mayBeLaunch = record === undefined && job.elapsedSeconds <= METER_TOLERANCE_SECONDS
  if (mayBeLaunch && LAUNCH_FAILURES.has(job.reason)) return { reason: 'not-started', exitCode: 0 }
  return withExitCode(job, record)
}

function withExitCode(job: SlurmJob, record: BatchRecord | undefined): { reason: EndReason; exitCode: number } {
  const exitCode = job.signal === 0 ? job.exitCode : Math.min(255, 128 + job.signal)
  // A record with another exit code is that of another run of the job, as before it was queued again.
  const isOwnRecord = record?.exitCode === exitCode
  const gaveUp = !isOwnRecord && job.elapsedSeconds <= METER_TOLERANCE_SECONDS
  if (gaveUp && exitCode === NOT_PREPARED) return { reason: 'not-started', exitCode: 0 }
  if (gaveUp && exitCode === ALREADY_STARTED) return { reason: 'lost', exitCode: 0 }
  return { reason: 'exited', exitCode }
}

/** Seconds used: the batch script's, which know fractions, unless Slurm's differ by more than rounding and its own work. */
export function metered(elapsedSeconds: number, record: BatchRecord | undefined): number {
  if (record === undefined) return elapsedSeconds
  return Math.abs(record.secondsUsed - elapsedSeconds) <= METER_TOLERANCE_SECONDS ? record.secondsUsed : elapsedSeconds
}
