import type { JobRequest } from '../../../sdk/domain/job.ts'
import { JOB_STATUSES, type JobStatus } from '../../../sdk/domain/status.ts'

/** The states that jobs are counted in. */
export const COUNTED_STATUSES = JOB_STATUSES.filter((status) => status !== 'NONE')
export type CountedStatus = Exclude<JobStatus, 'NONE'>

/** What has happened so far in a scope. Amounts are credits with 18 decimals; times in seconds. */
export interface Tally {
  readonly submitted: number
  readonly assigned: number
  readonly returned: number
  /** Jobs by the state they are in. */
  readonly states: Readonly<Record<CountedStatus, number>>
  readonly cost: bigint
  readonly cut: bigint
  readonly refund: bigint
  readonly secondsUsed: bigint
  /** Seconds used times the cpus, or gpus, of the job. */
  readonly cpuSeconds: bigint
  readonly gpuSeconds: bigint
}

/** What one job that ended adds. */
export interface Settlement {
  readonly cost: bigint
  readonly cut: bigint
  readonly refund: bigint
  readonly secondsUsed: number
}

export const NO_STATES = Object.fromEntries(COUNTED_STATUSES.map((status) => [status, 0])) as Tally['states']

export const EMPTY_TALLY: Tally = {
  submitted: 0,
  assigned: 0,
  returned: 0,
  states: NO_STATES,
  cost: 0n,
  cut: 0n,
  refund: 0n,
  secondsUsed: 0n,
  cpuSeconds: 0n,
  gpuSeconds: 0n,
}

/** Counts one more of something that happened. */
export function counted(tally: Tally, what: 'submitted' | 'assigned' | 'returned'): Tally {
  return { ...tally, [what]: tally[what] + 1 }
}

/** Moves one job between states; NONE is nowhere. */
export function moved(tally: Tally, from: JobStatus, to: JobStatus): Tally {
  const states: Record<CountedStatus, number> = { ...tally.states }
  if (from !== 'NONE') states[from] -= 1
  if (to !== 'NONE') states[to] += 1
  return { ...tally, states }
}

/** Adds what a job that ended cost and used; `request` is undefined for one that was never submitted. */
export function settled(tally: Tally, ending: Settlement, request: JobRequest | undefined): Tally {
  const seconds = BigInt(ending.secondsUsed)
  const cpus = request === undefined ? 0n : BigInt(request.tasks) * BigInt(request.cpusPerTask)
  return {
    ...tally,
    cost: tally.cost + ending.cost,
    cut: tally.cut + ending.cut,
    refund: tally.refund + ending.refund,
    secondsUsed: tally.secondsUsed + seconds,
    cpuSeconds: tally.cpuSeconds + seconds * cpus,
    gpuSeconds: tally.gpuSeconds + seconds * BigInt(request?.gpus ?? 0),
  }
}

/** What was added between two tallies of one scope. */
export function difference(later: Tally, earlier: Tally): Tally {
  const states = Object.fromEntries(
    COUNTED_STATUSES.map((status) => [status, later.states[status] - earlier.states[status]]),
  ) as Tally['states']
  return {
    submitted: later.submitted - earlier.submitted,
    assigned: later.assigned - earlier.assigned,
    returned: later.returned - earlier.returned,
    states,
    cost: later.cost - earlier.cost,
    cut: later.cut - earlier.cut,
    refund: later.refund - earlier.refund,
    secondsUsed: later.secondsUsed - earlier.secondsUsed,
    cpuSeconds: later.cpuSeconds - earlier.cpuSeconds,
    gpuSeconds: later.gpuSeconds - earlier.gpuSeconds,
  }
}
