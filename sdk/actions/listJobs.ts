import { encodeEventTopics } from 'viem'
import { jobsAbi } from '../abi/jobs.ts'
import { decodeJobsLog } from '../decodeEvents.ts'
import type { EventPlace } from '../domain/events.ts'
import type { Hex, Job, JobRequest } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { placesOf, readLogs } from '../logs.ts'
import { getJob } from './getJob.ts'

/** A job of a list: what was asked for, and what the chain says of it now. */
export interface ListedJob {
  readonly id: Hex
  readonly request: JobRequest
  readonly submitted: EventPlace
  readonly job: Job
}

/** Which jobs are listed. */
export interface JobFilter {
  /** The latest so many; 100 where nothing is said. */
  readonly limit?: number
}

const LIMIT = 100
const AT_ONCE = 25

/**
 * The jobs of a customer, the latest first, from the chain alone.
 *
 * @example const running = (await listJobs(grid, customer)).filter(({ job }) => job.status === 'RUNNING')
 */
export async function listJobs(grid: GridClient, customer: Hex, filter: JobFilter = {}): Promise<readonly ListedJob[]> {
  const topics = encodeEventTopics({ abi: jobsAbi, eventName: 'JobSubmitted', args: { customer } })
  const latest = await grid.publicClient.getBlockNumber({ cacheTime: 0 })
  const placeOf = placesOf(grid)
  const found: Omit<ListedJob, 'job'>[] = []
  const logs = readLogs(grid, { address: grid.deployment.jobs, topics }, BigInt(grid.deployment.startBlock), latest)
  for await (const some of logs) {
    for (const log of some) {
      const event = decodeJobsLog(log)
      if (event?.eventName !== 'JobSubmitted') continue
      found.push({ id: event.args.id, request: event.args.request, submitted: await placeOf(log) })
    }
  }
  const wanted = found.toReversed().slice(0, filter.limit ?? LIMIT)
  const listed: ListedJob[] = []
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    const some = wanted.slice(start, start + AT_ONCE)
    const jobs = await Promise.all(some.map(({ id }) => getJob(grid, id)))
    // A reorg may take a job away between the two reads.
    listed.push(...some.flatMap((one, at) => (jobs[at] === undefined ? [] : [{ ...one, job: jobs[at] }])))
  }
  return listed
}
