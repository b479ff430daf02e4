import type { Hex } from '../domain/job.ts'
import { type GridClient, walletOf } from '../gridClient.ts'
import { sendToJobs } from '../sendTransaction.ts'

/**
 * Pays `amount` credits (18 decimals) of the wallet account's free balance out, to itself unless `to` says otherwise.
 *
 * @returns the hash of the mined transaction
 * @throws ContractRefused (`BalanceTooLow`), WalletMissing, WrongChain
 * @example const transaction = await withdraw(grid, parseEther('1'))
 */
export async function withdraw(grid: GridClient, amount: bigint, to?: Hex): Promise<Hex> {
  const receiver = to ?? walletOf(grid).account.address
  return (await sendToJobs(grid, 'withdraw', [amount, receiver])).transactionHash
}
