import { providersAbi } from '../abi/providers.ts'
import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * The key that signs for a provider; the zero address where there is no such provider.
 *
 * @example const signer = await getSigner(grid, 1)
 */
export function getSigner(grid: GridClient, provider: number): Promise<Hex> {
  return grid.publicClient.readContract({
    abi: providersAbi,
    address: grid.deployment.providers,
    functionName: 'signerOf',
    args: [provider],
  })
}
