import { jobsAbi } from '../abi/jobs.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * Credits (18 decimals) that a provider has earned and not withdrawn.
 *
 * @example const earned = await getEarnings(grid, provider)
 */
export function getEarnings(grid: GridClient, provider: number): Promise<bigint> {
  return grid.publicClient.readContract({
    abi: jobsAbi,
    address: grid.deployment.jobs,
    functionName: 'earningsOf',
    args: [provider],
  })
}
