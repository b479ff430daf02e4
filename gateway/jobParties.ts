import { isAddressEqual } from 'viem'
import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import { type GridClient, getContact, getJob, getSigner, getTransitions } from '../sdk/index.ts'
import { Refusal } from './refusal.ts'

const NO_KEY = `0x${'00'.repeat(32)}`

/** Who a job concerns, as the chain says now. */
export interface JobParties {
  readonly request: JobRequest
  /** Index of the provider that the job is assigned to; undefined where it is assigned to none, or has ended. */
  readonly assignedTo: number | undefined
  /** Signs for that provider. */
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
    assignedTo: isAssigned ? job.provider : undefined,
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

/** The key that a provider wants definitions to be sealed to. Throws Refusal PROVIDER_WITHOUT_KEY or CHAIN_UNANSWERED. */
export async function encryptionKeyOf(grid: GridClient, provider: number): Promise<Hex> {
  const contact = await asked(getContact(grid, provider))
  if (contact === undefined || contact.encryptionKey === NO_KEY) throw new Refusal('PROVIDER_WITHOUT_KEY')
  return contact.encryptionKey
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
