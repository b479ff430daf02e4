import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToProviders } from '../sendTransaction.ts'

/**
 * Pays the stake that `unstake` marked to the owner, once the delay is over and no job is open. The wallet is the owner's.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`NothingUnbonding`, `StillUnbonding`, `JobsOpen`, `NotProviderOwner`), WalletMissing, WrongChain
 * @example const transaction = await withdrawStake(grid, provider)
 */
export async function withdrawStake(grid: GridClient, provider: number): Promise<Hex> {
  return (await sendToProviders(grid, 'withdrawStake', [provider])).transactionHash
}
