import { keccak256, stringToBytes } from 'viem'
import { createJobRequest, type WantedJob } from '../../sdk/actions/createJobRequest.ts'
import { depositWithPermit } from '../../sdk/actions/depositWithPermit.ts'
import { submitJob } from '../../sdk/actions/submitJob.ts'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import type { GridClient } from '../../sdk/gridClient.ts'
import { CREDIT } from './localGrid.ts'

/** A job that costs 1 credit and 0.1 for its memory a minute. */
export const SMALL_JOB: WantedJob = {
  definition: keccak256(stringToBytes('a definition')),
  tasks: 1,
  cpusPerTask: 1,
  memPerCpu: 100,
  gpus: 0,
  timeLimit: 600,
  budget: 11n * CREDIT,
}

/** Deposits the budget of a job and submits it from the customer's own wallet. */
export async function submitted(
  customer: GridClient,
  wanted: Partial<WantedJob> = {},
): Promise<{ readonly id: Hex; readonly request: JobRequest }> {
  const request = await createJobRequest(customer, { ...SMALL_JOB, ...wanted })
  await depositWithPermit(customer, request.budget)
  const { id } = await submitJob(customer, request)
  return { id, request }
}
