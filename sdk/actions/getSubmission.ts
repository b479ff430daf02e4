import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import type { JobTransition } from '../jobEvents.ts'
import { getTransitions } from './getTransitions.ts'

/** How a job came onto the chain: its whole request, and where and when. */
export type Submission = Extract<JobTransition, { kind: 'job-submitted' }>

/**
 * The submission of a job; undefined where no job has this id.
 *
 * @example const customer = (await getSubmission(grid, id))?.request.customer
 */
export async function getSubmission(grid: GridClient, id: Hex): Promise<Submission | undefined> {
  return (await getTransitions(grid, id)).find((transition) => transition.kind === 'job-submitted')
}
