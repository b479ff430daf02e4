import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToProviders } from '../sendTransaction.ts'

/**
 * Asks for no more jobs for a provider. Its open jobs go on. The wallet is the owner's.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`NotProviderOwner`), WalletMissing, WrongChain
 * @example const transaction = await drain(grid, provider)
 */
export async function drain(grid: GridClient, provider: number): Promise<Hex> {
  return (await sendToProviders(grid, 'setDraining', [provider, true])).transactionHash
}
