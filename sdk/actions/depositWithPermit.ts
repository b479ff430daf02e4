import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToJobs } from '../sendTransaction.ts'
import { signDepositPermit } from './signDepositPermit.ts'

/**
 * Moves `amount` credits (18 decimals) of the wallet's account into its free balance at the grid, by a permit in one transaction that the
 * account sends itself.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`ERC20InsufficientBalance`), WalletMissing, WrongChain
 * @example await depositWithPermit(grid, parseEther('10'))
 */
export async function depositWithPermit(grid: GridClient, amount: bigint): Promise<Hex> {
  const permit = await signDepositPermit(grid, amount)
  return (await sendToJobs(grid, 'depositWithPermit', [[permit]])).transactionHash
}
