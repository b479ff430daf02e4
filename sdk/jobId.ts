import { type Address, hashStruct, hashTypedData } from 'viem'
import type { Deployment } from './deployments/deployment.ts'
import type { Hex, JobRequest, JobTerms } from './domain/job.ts'
import { type GridDomain, gridDomain, JOB_REQUEST_TYPES, TYPED_DATA } from './domain/typedData.ts'

/** The EIP-712 domain of a grid. */
export function domainOf(deployment: Deployment): GridDomain {
  return gridDomain(deployment.chainId, deployment.jobs)
}

/** The id of the job that a request makes on a grid: the request's EIP-712 digest. */
export function jobId(deployment: Deployment, request: JobRequest): Hex {
  return hashTypedData({
    domain: domainOf(deployment),
    types: JOB_REQUEST_TYPES,
    primaryType: 'JobRequest',
    message: request,
  })
}

/** A request as the contract wants it back later: its work replaced by the work's struct hash. */
export function jobTerms(request: JobRequest): JobTerms {
  const types = { Work: TYPED_DATA.Work }
  return { ...request, work: hashStruct({ data: request.work, types, primaryType: 'Work' }) }
}

/** The address that stands for nobody: as `payer`, for the customer itself. */
export const NOBODY: Address = '0x0000000000000000000000000000000000000000'
