import { parseEventLogs, type TransactionReceipt } from 'viem'
import { jobsAbi } from '../abi/jobs.ts'
import type { Hex, JobRequest } from '../domain/job.ts'
import { type GridClient, walletOf } from '../gridClient.ts'
import { jobId } from '../jobId.ts'
import { relay } from '../relay.ts'
import { sendToJobs } from '../sendTransaction.ts'
import type { Waiting } from '../waiting.ts'
import { getSubmission } from './getSubmission.ts'
import type { DepositPermit } from './signDepositPermit.ts'
import { signJobRequest } from './signJobRequest.ts'

/** A job that the chain shows. */
export interface SubmittedJob {
  readonly id: Hex
  readonly transaction: Hex
  readonly block: number
}

/** How a request is brought onto the chain. */
export interface SubmitOptions extends Waiting {
  /** `wallet`: the customer sends the transaction and pays its gas. `relay`: the relay does. */
  readonly by?: 'wallet' | 'relay'
  /** Credits to deposit in the same transaction. */
  readonly permit?: DepositPermit
}

/**
 * Submits a job of the wallet's account, which locks its budget, and waits until the chain shows it. By `wallet` unless `by` says `relay`.
 *
 * @throws ContractRefused, ServiceRefused, ServiceUnreachable, ServiceUnknown, TimedOut, WalletMissing, SignerMismatch, WrongChain
 * @example const { id } = await submitJob(grid, request, { by: 'relay', permit })
 */
export async function submitJob(
  grid: GridClient,
  request: JobRequest,
  options: SubmitOptions = {},
): Promise<SubmittedJob> {
  walletOf(grid, request.customer)
  return options.by === 'relay' ? relayRequest(grid, request, options) : send(grid, request, options.permit)
}

/** The contract takes an empty signature from the customer itself. */
async function send(grid: GridClient, request: JobRequest, permit?: DepositPermit): Promise<SubmittedJob> {
  const permits = permit === undefined ? [] : [permit]
  const receipt = await sendToJobs(grid, 'submit', [[{ request, proof: [], signature: '0x' }], permits])
  return submittedIn(receipt, jobId(grid.deployment, request))
}

function submittedIn(receipt: TransactionReceipt, id: Hex): SubmittedJob {
  const logs = parseEventLogs({ abi: jobsAbi, logs: receipt.logs, eventName: 'JobSubmitted' })
  const { transactionHash: transaction, blockNumber } = receipt
  if (!logs.some((log) => log.args.id === id)) throw new Error(`transaction ${transaction} did not submit job ${id}`)
  return { id, transaction, block: Number(blockNumber) }
}

async function relayRequest(grid: GridClient, request: JobRequest, options: SubmitOptions): Promise<SubmittedJob> {
  const id = jobId(grid.deployment, request)
  const { permit } = options
  const message = { ...(await signJobRequest(grid, request)), ...(permit === undefined ? {} : { permit }) }
  const seen = async (): Promise<SubmittedJob | undefined> => {
    const place = (await getSubmission(grid, id))?.place
    return place && { id, transaction: place.transaction, block: place.block }
  }
  return relay(grid, { path: '/v1/requests', message, key: id, what: `The submission of job ${id}`, seen }, options)
}
