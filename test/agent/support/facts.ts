import type { ChainJob, Execution, ExecutionEnd, Facts } from '../../../agent/core/facts.ts'
import { executionName, type Hex, type Job, type JobRequest, type Report } from '../../../sdk/domain/job.ts'
import type { JobStatus } from '../../../sdk/domain/status.ts'

export const ID: Hex = `0x${'ab'.repeat(32)}`
export const NAME = executionName(ID, 1)

const ADDRESS: Hex = `0x${'11'.repeat(20)}`

/** A request of 600 seconds and 600 credits. */
export function request(overrides: Partial<JobRequest> = {}): JobRequest {
  return {
    customer: ADDRESS,
    payer: ADDRESS,
    provider: 0,
    tasks: 1,
    cpusPerTask: 1,
    memPerCpu: 100,
    gpus: 0,
    timeLimit: 600,
    budget: 600n,
    topUpLimit: 0n,
    startBy: 5_000,
    maxAttempts: 3,
    work: { definition: ID, affinity: '', name: 'job', salt: 1n },
    ...overrides,
  }
}

/** A job of provider 7 in its first attempt, at 60 credits a minute. */
export function chainJob(job: Partial<Job>, wanted: Partial<JobRequest> = {}, acceptBy = 2_000): ChainJob {
  const fields: Job = {
    status: 'RUNNING',
    attempt: 1,
    cancelRequested: false,
    assignedByCustomer: false,
    panicAnnounced: false,
    provider: 7,
    since: 1_000,
    cutPermille: 10,
    budget: 600n,
    rate: 60n,
    ...job,
  }
  return { job: fields, request: request(wanted), acceptBy }
}

export function end(overrides: Partial<ExecutionEnd> = {}): ExecutionEnd {
  const output: Hex = `0x${'cd'.repeat(32)}`
  return { reason: 'exited', startedAt: 1_005, secondsUsed: 42, exitCode: 0, output, ...overrides }
}

export function execution(state: Execution['state'], how: ExecutionEnd = end()): Execution {
  const common = { name: NAME, id: ID, attempt: 1, timeLimitSeconds: 600 }
  if (state === 'running') return { ...common, state, startedAt: 1_005, secondsUsed: 5 }
  return state === 'ended' ? { ...common, state, end: how } : { ...common, state }
}

export function report(status: JobStatus): Report {
  const result: Hex = `0x${'00'.repeat(32)}`
  return { id: ID, attempt: 1, status, startedAt: 1_005, secondsUsed: 5, exitCode: 0, result }
}

/** Facts of an agent of provider 7 that has the definition and room. */
export function factsWith(overrides: Partial<Facts>): Facts {
  return {
    provider: 7,
    id: ID,
    now: 1_100,
    chain: chainJob({}),
    executions: [],
    outbox: [],
    definition: { kind: 'ready' },
    room: 'free',
    policy: { isDraining: false },
    keptLogs: new Set(),
    ...overrides,
  }
}
