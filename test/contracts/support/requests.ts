import type { Hex, JobRequest, JobTerms } from '../../../sdk/domain/job.ts'
import { ratePerMinute } from '../../../sdk/domain/settlement.ts'
import { JOB_REQUEST_TYPES, TYPED_DATA } from '../../../sdk/domain/typedData.ts'
import { ethers, now } from './chain.ts'
import { CREDIT } from './credit.ts'
import { addressOf, type Grid, type ProviderActor } from './grid.ts'
import { fieldsOf } from './signing.ts'

/** A job of a test: its request in every form in which the contract meets it. */
export interface JobCase {
  readonly request: JobRequest
  readonly terms: JobTerms
  readonly id: Hex
}

const DAY = 24 * 3600
let salt = 0n

/** A request of the fixture's customer that both providers can run, unlike any before it; its id is computed by ethers. */
export async function newJob(grid: Grid, facts: Partial<JobRequest> = {}): Promise<JobCase> {
  salt += 1n
  const mine = salt
  const request: JobRequest = {
    customer: addressOf(grid.actors.customer),
    payer: ethers.ZeroAddress as Hex,
    provider: 0,
    tasks: 2,
    cpusPerTask: 3,
    memPerCpu: 100,
    gpus: 1,
    timeLimit: 600,
    budget: 80n * CREDIT,
    topUpLimit: 20n * CREDIT,
    startBy: (await now()) + DAY,
    maxAttempts: 2,
    work: { definition: ethers.id('a workflow') as Hex, affinity: 'arch=amd64', name: 'a job', salt: mine },
    ...facts,
  }
  return caseOf(grid, request)
}

export function caseOf(grid: Grid, request: JobRequest): JobCase {
  const id = ethers.TypedDataEncoder.hash(grid.domain, fieldsOf(JOB_REQUEST_TYPES), request) as Hex
  const work = ethers.TypedDataEncoder.hashStruct('Work', fieldsOf({ Work: TYPED_DATA.Work }), request.work) as Hex
  return { request, terms: { ...request, work }, id }
}

/** Credits per minute of a job at a provider of the fixture. */
export function rateAt(provider: ProviderActor, job: JobCase): bigint {
  return ratePerMinute(job.request, provider.prices)
}
