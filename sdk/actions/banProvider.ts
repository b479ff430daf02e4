import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToProviders } from '../sendTransaction.ts'

/**
 * Stops a provider from being given jobs, for the `reason` that everybody can read. Its open jobs go on. The wallet has the approver role.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`AccessManagedUnauthorized`, `ProviderUnknown`), WalletMissing, WrongChain
 * @example const transaction = await banProvider(grid, provider, 'It did not answer for a week.')
 */
export async function banProvider(grid: GridClient, provider: number, reason: string): Promise<Hex> {
  return (await sendToProviders(grid, 'ban', [provider, reason])).transactionHash
}
