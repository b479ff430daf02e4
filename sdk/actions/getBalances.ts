import { creditsAbi } from '../abi/credits.ts'
import { jobsAbi } from '../abi/jobs.ts'
import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'

/** The credits of an account, 18 decimals. */
export interface Balances {
  /** In the account's own hands. */
  readonly wallet: bigint
  /** Deposited at the grid and not locked by a job. */
  readonly free: bigint
}

/**
 * The credits of an account, both read at one block.
 *
 * @example const { free } = await getBalances(grid, account)
 */
export async function getBalances(grid: GridClient, account: Hex): Promise<Balances> {
  const { publicClient, deployment } = grid
  const read = { functionName: 'balanceOf', args: [account] } as const
  const blockNumber = await publicClient.getBlockNumber({ cacheTime: 0 })
  const [wallet, free] = await Promise.all([
    publicClient.readContract({ ...read, abi: creditsAbi, address: deployment.credits, blockNumber }),
    publicClient.readContract({ ...read, abi: jobsAbi, address: deployment.jobs, blockNumber }),
  ])
  return { wallet, free }
}
