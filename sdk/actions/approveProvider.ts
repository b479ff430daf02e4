import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToProviders } from '../sendTransaction.ts'

/**
 * Lets a provider be given jobs. The wallet has the approver role.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`AccessManagedUnauthorized`, `ProviderUnknown`), WalletMissing, WrongChain
 * @example const transaction = await approveProvider(grid, provider)
 */
export async function approveProvider(grid: GridClient, provider: number): Promise<Hex> {
  return (await sendToProviders(grid, 'approve', [provider])).transactionHash
}
