import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToProviders } from '../sendTransaction.ts'
import { approveCredits } from './deposit.ts'

/**
 * Adds `amount` credits (18 decimals) of the wallet's account to the stake of a provider, by an approval first where none stands.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`ProviderUnknown`, `ERC20InsufficientBalance`), WalletMissing, WrongChain
 * @example const transaction = await stake(grid, provider, parseEther('1000'))
 */
export async function stake(grid: GridClient, provider: number, amount: bigint): Promise<Hex> {
  await approveCredits(grid, grid.deployment.providers, amount)
  return (await sendToProviders(grid, 'addStake', [provider, amount])).transactionHash
}
