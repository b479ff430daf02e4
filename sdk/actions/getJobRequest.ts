import type { Hex, JobRequest } from '../domain/job.ts'
import { JobUnknown } from '../errors.ts'
import type { GridClient } from '../gridClient.ts'
import { getSubmission } from './getSubmission.ts'

/**
 * The request of a job, from the chain; a request that is given stands for itself.
 *
 * @throws JobUnknown
 * @example const request = await getJobRequest(grid, id)
 */
export async function getJobRequest(grid: GridClient, job: Hex | JobRequest): Promise<JobRequest> {
  if (typeof job !== 'string') return job
  const submission = await getSubmission(grid, job)
  if (submission === undefined) throw new JobUnknown(job)
  return submission.request
}
