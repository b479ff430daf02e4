import { hashTypedData } from 'viem'
import type { Hex, Job, JobRequest } from '../domain/job.ts'
import { isFinal } from '../domain/status.ts'
import { CANCEL_TYPES } from '../domain/typedData.ts'
import { type GridClient, walletOf } from '../gridClient.ts'
import { domainOf, jobId, jobTerms } from '../jobId.ts'
import { relay } from '../relay.ts'
import { sendToJobs } from '../sendTransaction.ts'
import type { Waiting } from '../waiting.ts'
import { getJob } from './getJob.ts'
import { getJobRequest } from './getJobRequest.ts'

/** How a cancel is brought onto the chain. */
export interface CancelOptions extends Waiting {
  /** `wallet`: the customer sends the transaction and pays its gas. `relay`: the relay does. */
  readonly by?: 'wallet' | 'relay'
}

/**
 * Cancels a job of the wallet's account: at once where it waits, as a request to its provider where it is assigned, and for ever where
 * its request was never sent (then the request itself must be given, as nobody else knows it).
 *
 * @returns the job as the chain shows it afterwards
 * @throws JobUnknown, ContractRefused, ServiceRefused, ServiceUnreachable, TimedOut, WalletMissing, SignerMismatch, WrongChain
 * @example await cancelJob(grid, id)
 */
export async function cancelJob(grid: GridClient, job: Hex | JobRequest, options: CancelOptions = {}): Promise<Job> {
  const request = await getJobRequest(grid, job)
  const wallet = walletOf(grid, request.customer)
  const [id, terms] = [jobId(grid.deployment, request), jobTerms(request)]
  const seen = async (): Promise<Job | undefined> => {
    const now = await getJob(grid, id)
    return now !== undefined && (isFinal(now.status) || now.cancelRequested) ? now : undefined
  }
  if (options.by !== 'relay') {
    await sendToJobs(grid, 'cancel', [[{ terms, signature: '0x' }]])
    return shown(await seen(), id)
  }
  const typed = {
    domain: domainOf(grid.deployment),
    types: CANCEL_TYPES,
    primaryType: 'Cancel',
    message: { id },
  } as const
  const message = { terms, signature: await wallet.signTypedData(typed) }
  const key = hashTypedData(typed)
  return relay(grid, { path: '/v1/cancels', message, key, what: `The cancel of job ${id}`, seen }, options)
}

function shown(job: Job | undefined, id: Hex): Job {
  if (job === undefined) throw new Error(`the cancel of job ${id} was mined and the chain does not show it`)
  return job
}
