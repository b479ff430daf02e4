import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToJobs } from '../sendTransaction.ts'

/**
 * Pays what a provider has earned to its owner. Anybody may send it.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`AmountZero`), WalletMissing, WrongChain
 * @example const transaction = await withdrawEarnings(grid, provider)
 */
export async function withdrawEarnings(grid: GridClient, provider: number): Promise<Hex> {
  return (await sendToJobs(grid, 'withdrawEarnings', [provider])).transactionHash
}
