import type { JobRequest } from '../../../sdk/domain/job.ts'
import type { JobStatus } from '../../../sdk/domain/status.ts'
import { nextBlockIn, now } from './chain.ts'
import type { Grid } from './grid.ts'
import { type JobCase, newJob } from './requests.ts'
import { assign, cancel, report, submit } from './steps.ts'

/** Seconds that driven jobs run before they end by themselves. */
export const SECONDS_RUN = 100

/** Brings a new job to a state at provider alpha, by the calls that lead there without anything going wrong. */
export async function driveTo(grid: Grid, status: JobStatus, facts: Partial<JobRequest> = {}): Promise<JobCase> {
  const job = await newJob(grid, facts)
  if (status === 'NONE') return job
  await submit(grid, job)
  if (status === 'PENDING') return job
  if (status === 'CANCELLED') {
    await cancel(grid, job)
    return job
  }
  await assign(grid, job)
  if (status === 'META_SCHEDULED') return job
  await report(grid, job, 'SCHEDULED')
  if (status === 'SCHEDULED') return job
  await report(grid, job, 'RUNNING', { startedAt: (await now()) + 1 })
  if (status !== 'RUNNING') await endAs(grid, job, status)
  return job
}

async function endAs(grid: Grid, job: JobCase, status: JobStatus): Promise<void> {
  const secondsUsed = status === 'OUT_OF_CREDITS' ? job.request.timeLimit : SECONDS_RUN
  await nextBlockIn(secondsUsed)
  await report(grid, job, status, { secondsUsed, exitCode: status === 'FAILED' ? 1 : 0 })
}
