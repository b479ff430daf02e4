import { jobsAbi } from '../abi/jobs.ts'
import { attemptAndFlags, type Hex, type Job } from '../domain/job.ts'
import { statusFromNumber } from '../domain/status.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * What the chain remembers of a job: state, attempt, provider, budget, rate; undefined where no job has this id.
 *
 * @example const status = (await getJob(grid, id))?.status
 */
export async function getJob(grid: GridClient, id: Hex): Promise<Job | undefined> {
  const slot = await grid.publicClient.readContract({
    abi: jobsAbi,
    address: grid.deployment.jobs,
    functionName: 'jobOf',
    args: [id],
  })
  const { status, attemptAndFlags: byte, ...facts } = slot
  if (statusFromNumber(status) === 'NONE') return undefined
  return { status: statusFromNumber(status), ...attemptAndFlags(byte), ...facts }
}
