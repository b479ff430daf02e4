import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { jobTerms } from '../jobId.ts'
import { sendToJobs } from '../sendTransaction.ts'
import { getJobRequest } from './getJobRequest.ts'

/**
 * Enforces the deadlines of jobs that have passed, which returns or refunds them. Anybody may, and gets the enforcer's share of a penalty;
 * the oracle does it by itself while it lives. Several jobs at once skip those that are not due.
 *
 * @returns the hash of the mined transaction
 * @throws JobUnknown, ContractRefused (`DeadlineNotPassed` for a single job), WalletMissing, WrongChain
 * @example const transaction = await expireJobs(grid, [id])
 */
export async function expireJobs(grid: GridClient, jobs: readonly Hex[]): Promise<Hex> {
  const requests = await Promise.all(jobs.map((id) => getJobRequest(grid, id)))
  return (await sendToJobs(grid, 'expire', [requests.map(jobTerms)])).transactionHash
}
