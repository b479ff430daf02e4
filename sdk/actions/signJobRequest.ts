import type { Hex, JobRequest } from '../domain/job.ts'
import { JOB_REQUEST_TYPES } from '../domain/typedData.ts'
import { type GridClient, walletOf } from '../gridClient.ts'
import { domainOf } from '../jobId.ts'

/** A request that anybody may submit for its customer. */
export interface SignedJobRequest {
  readonly request: JobRequest
  /** Empty: the signature is over this request alone. */
  readonly proof: readonly Hex[]
  readonly signature: Hex
}

/**
 * Signs a request with the customer's wallet.
 *
 * @throws WalletMissing, SignerMismatch
 * @example const signed = await signJobRequest(grid, request)
 */
export async function signJobRequest(grid: GridClient, request: JobRequest): Promise<SignedJobRequest> {
  const wallet = walletOf(grid, request.customer)
  const signature = await wallet.signTypedData({
    domain: domainOf(grid.deployment),
    types: JOB_REQUEST_TYPES,
    primaryType: 'JobRequest',
    message: request,
  })
  return { request, proof: [], signature }
}
