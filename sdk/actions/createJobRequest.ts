import { bytesToBigInt } from 'viem'
import type { Hex, JobRequest } from '../domain/job.ts'
import type { RatedResources } from '../domain/resources.ts'
import { type GridClient, walletOf } from '../gridClient.ts'
import { NOBODY } from '../jobId.ts'

/** What a customer wants. Everything that is left out gets the value that the comment names. */
export interface WantedJob extends RatedResources {
  /** Hash of the definition that the gateway holds. */
  readonly definition: Hex
  /** Seconds. */
  readonly timeLimit: number
  /** Credits, 18 decimals. */
  readonly budget: bigint
  /** Empty. */
  readonly affinity?: string
  /** Empty. */
  readonly name?: string
  /** The customer. */
  readonly payer?: Hex
  /** 0, which is any. */
  readonly provider?: number
  /** 0 credits. */
  readonly topUpLimit?: bigint
  /** Unix seconds; an hour after the latest block. */
  readonly startBy?: number
  /** 3. */
  readonly maxAttempts?: number
  /** Random. */
  readonly salt?: bigint
}

const START_WITHIN_SECONDS = 3_600
const MAX_ATTEMPTS = 3

/**
 * The request of the wallet's account for a job, with every field filled in. Signs and sends nothing.
 *
 * @throws WalletMissing
 * @example const request = await createJobRequest(grid, { definition, tasks: 1, cpusPerTask: 1, memPerCpu: 512, gpus: 0, timeLimit: 60, budget })
 */
export async function createJobRequest(grid: GridClient, wanted: WantedJob): Promise<JobRequest> {
  const customer = walletOf(grid).account.address
  const { definition, affinity = '', name = '', salt = randomSalt(), startBy, ...terms } = wanted
  return {
    customer,
    payer: NOBODY,
    provider: 0,
    topUpLimit: 0n,
    maxAttempts: MAX_ATTEMPTS,
    ...terms,
    startBy: startBy ?? (await latestTime(grid)) + START_WITHIN_SECONDS,
    work: { definition, affinity, name, salt },
  }
}

async function latestTime(grid: GridClient): Promise<number> {
  return Number((await grid.publicClient.getBlock({ blockTag: 'latest' })).timestamp)
}

function randomSalt(): bigint {
  return bytesToBigInt(crypto.getRandomValues(new Uint8Array(8)))
}
