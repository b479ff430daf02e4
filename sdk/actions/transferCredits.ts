import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToCredits } from '../sendTransaction.ts'

/**
 * Sends `amount` credits (18 decimals) from the wallet of the wallet's account to another account. The free balance at the grid stays.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`ERC20InsufficientBalance`), WalletMissing, WrongChain
 * @example const transaction = await transferCredits(grid, member, parseEther('1'))
 */
export async function transferCredits(grid: GridClient, to: Hex, amount: bigint): Promise<Hex> {
  return (await sendToCredits(grid, 'transfer', [to, amount])).transactionHash
}
