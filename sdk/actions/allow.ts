import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToJobs } from '../sendTransaction.ts'

/**
 * Lets `customer` spend up to `amount` credits (18 decimals) of the wallet account's free balance on jobs until `until` (unix seconds,
 * inclusive). It replaces what was allowed before; refunds restore it. A time that has passed takes an allowance back for good.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused, WalletMissing, WrongChain
 * @example const transaction = await allow(grid, member, parseEther('100'), 4_102_444_800)
 */
export async function allow(grid: GridClient, customer: Hex, amount: bigint, until: number): Promise<Hex> {
  return (await sendToJobs(grid, 'allow', [customer, amount, until])).transactionHash
}
