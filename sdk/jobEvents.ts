import { encodeEventTopics } from 'viem'
import { jobsAbi } from './abi/jobs.ts'
import { decodeJobsLog } from './decodeEvents.ts'
import type { GridEvent } from './domain/events.ts'
import type { Hex } from './domain/job.ts'
import type { JobStatus } from './domain/status.ts'
import type { GridClient } from './gridClient.ts'
import { factOfJobs } from './gridEvents.ts'
import { placesOf, readLogs } from './logs.ts'

type TransitionEvent = Extract<
  GridEvent,
  { kind: 'job-submitted' | 'job-assigned' | 'job-scheduled' | 'job-started' | 'job-returned' | 'job-ended' }
>

/** One step of a job through its states: what the chain said, where and when, and the state that it led to. */
export type JobTransition = TransitionEvent & { readonly to: JobStatus }

const TRANSITION_EVENTS = [
  'JobSubmitted',
  'JobAssigned',
  'JobScheduled',
  'JobStarted',
  'JobReturned',
  'JobEnded',
] as const
const TOPICS = TRANSITION_EVENTS.map((eventName) => encodeEventTopics({ abi: jobsAbi, eventName })[0])

/** The transitions of a job in a range of blocks, both ends included, in their order. */
export async function readTransitions(
  grid: GridClient,
  id: Hex,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<readonly JobTransition[]> {
  const transitions: JobTransition[] = []
  const placeOf = placesOf(grid)
  const filter = { address: grid.deployment.jobs, topics: [TOPICS, id] }
  for await (const logs of readLogs(grid, filter, fromBlock, toBlock)) {
    for (const log of logs) {
      const event = decodeJobsLog(log)
      const fact = event && (factOfJobs(event) as TransitionEvent | undefined)
      if (fact !== undefined)
        transitions.push({ ...fact, to: stateAfter(fact), place: await placeOf(log) } as JobTransition)
    }
  }
  return transitions
}

function stateAfter(fact: TransitionEvent): JobStatus {
  switch (fact.kind) {
    case 'job-submitted':
    case 'job-returned':
      return 'PENDING'
    case 'job-assigned':
      return 'META_SCHEDULED'
    case 'job-scheduled':
      return 'SCHEDULED'
    case 'job-started':
      return 'RUNNING'
    case 'job-ended':
      return fact.status
  }
}
