import { isAddressEqual } from 'viem'
import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import { type GridClient, getJob, getSigner, getTransitions } from '../sdk/index.ts'
import { Refusal } from './refusal.ts'

/** Who a job concerns, as the chain says now. */
export interface JobParties {
  readonly request: JobRequest
  /** Signs for the provider that the job is assigned to; undefined where it is assigned to none, or has ended. */
  readonly assignedSigner: Hex | undefined
  /** Signs for the provider that had the attempt; undefined where there was no such attempt. */
  signerOfAttempt(attempt: number): Promise<Hex | undefined>
}

/** Asks the chain about a job. Throws Refusal JOB_UNKNOWN or CHAIN_UNANSWERED. */
export async function jobParties(grid: GridClient, id: Hex): Promise<JobParties> {
  const [job, transitions] = await asked(Promise.all([getJob(grid, id), getTransitions(grid, id)]))
  const submission = transitions.find((transition) => transition.kind === 'job-submitted')
  if (job === undefined || submission === undefined) throw new Refusal('JOB_UNKNOWN')
  const isAssigned = job.status === 'META_SCHEDULED' || job.status === 'SCHEDULED' || job.status === 'RUNNING'
  return {
    request: submission.request,
    assignedSigner: isAssigned ? await asked(getSigner(grid, job.provider)) : undefined,
    async signerOfAttempt(attempt) {
      // Not the job's slot: a provider that gave the job back may still say what it printed there.
      const assignment = transitions.find(
        (transition) => transition.kind === 'job-assigned' && transition.attempt === attempt,
      )
      return assignment?.kind === 'job-assigned' ? asked(getSigner(grid, assignment.provider)) : undefined
    },
  }
}

/** Whether two accounts are one; nobody is nobody's equal. */
export function isSame(account: Hex, other: Hex | undefined): boolean {
  return other !== undefined && isAddressEqual(account, other)
}

async function asked<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question
  } catch (error) {
    throw new Refusal('CHAIN_UNANSWERED', error)
  }
}
