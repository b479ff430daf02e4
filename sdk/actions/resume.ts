import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToProviders } from '../sendTransaction.ts'

/**
 * Asks for jobs for a provider again, after `drain`. The wallet is the owner's.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`NotProviderOwner`), WalletMissing, WrongChain
 * @example const transaction = await resume(grid, provider)
 */
export async function resume(grid: GridClient, provider: number): Promise<Hex> {
  return (await sendToProviders(grid, 'setDraining', [provider, false])).transactionHash
}
