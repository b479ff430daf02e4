import { hashTypedData } from 'viem'
import type { Hex, Job, JobRequest } from '../domain/job.ts'
import { isFinal } from '../domain/status.ts'
import { TOP_UP_TYPES } from '../domain/typedData.ts'
import { type GridClient, walletOf } from '../gridClient.ts'
import { domainOf, jobId, jobTerms } from '../jobId.ts'
import { relay } from '../relay.ts'
import { sendToJobs } from '../sendTransaction.ts'
import type { Waiting } from '../waiting.ts'
import { getJob } from './getJob.ts'
import { getJobRequest } from './getJobRequest.ts'

/** How a top-up is brought onto the chain. */
export interface TopUpOptions extends Waiting {
  /** `wallet`: the customer sends the transaction and pays its gas. `relay`: the relay does. */
  readonly by?: 'wallet' | 'relay'
}

/**
 * Raises the budget of a job of the wallet's account to `total` credits (18 decimals), which lengthens the time that it may run.
 *
 * @returns the job as the chain shows it afterwards; final, with its old budget, where it ended meanwhile
 * @throws JobUnknown, ContractRefused (`TopUpNotHigher`, `BalanceTooLow`), ServiceRefused, ServiceUnreachable, TimedOut, WalletMissing,
 * SignerMismatch, WrongChain
 * @example await topUpJob(grid, id, parseEther('20'))
 */
export async function topUpJob(
  grid: GridClient,
  job: Hex | JobRequest,
  total: bigint,
  options: TopUpOptions = {},
): Promise<Job> {
  const request = await getJobRequest(grid, job)
  const wallet = walletOf(grid, request.customer)
  const [id, terms] = [jobId(grid.deployment, request), jobTerms(request)]
  const seen = async (): Promise<Job | undefined> => {
    const now = await getJob(grid, id)
    return now !== undefined && (isFinal(now.status) || now.budget >= total) ? now : undefined
  }
  if (options.by !== 'relay') {
    await sendToJobs(grid, 'topUp', [[{ terms, total, signature: '0x' }]])
    const now = await seen()
    if (now === undefined) throw new Error(`the top-up of job ${id} was mined and the chain does not show it`)
    return now
  }
  const domain = domainOf(grid.deployment)
  const typed = { domain, types: TOP_UP_TYPES, primaryType: 'TopUp', message: { id, total } } as const
  const message = { terms, total, signature: await wallet.signTypedData(typed) }
  const key = hashTypedData(typed)
  return relay(grid, { path: '/v1/top-ups', message, key, what: `The top-up of job ${id}`, seen }, options)
}
