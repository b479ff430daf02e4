import { jobsAbi } from '../abi/jobs.ts'
import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'

/** What a payer lets a customer spend. */
export interface Allowance {
  /** Credits, 18 decimals. */
  readonly amount: bigint
  /** Unix seconds, inclusive. */
  readonly until: number
}

/**
 * What `payer` lets `customer` spend on jobs; all zero where nothing was ever allowed.
 *
 * @example const { amount } = await getAllowance(grid, lab, member)
 */
export function getAllowance(grid: GridClient, payer: Hex, customer: Hex): Promise<Allowance> {
  return grid.publicClient.readContract({
    abi: jobsAbi,
    address: grid.deployment.jobs,
    functionName: 'allowanceOf',
    args: [payer, customer],
  })
}
