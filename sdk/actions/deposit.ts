import { creditsAbi } from '../abi/credits.ts'
import type { Hex } from '../domain/job.ts'
import { type GridClient, walletOf } from '../gridClient.ts'
import { sendToCredits, sendToJobs } from '../sendTransaction.ts'

/**
 * Moves `amount` credits (18 decimals) of the wallet's account into its free balance at the grid, by an approval first where none stands.
 * For wallets that sign no permits, such as smart wallets; the others need one transaction less with `depositWithPermit`.
 *
 * @returns the hash of the mined deposit
 * @throws ContractRefused (`ERC20InsufficientBalance`), WalletMissing, WrongChain
 * @example const transaction = await deposit(grid, parseEther('10'))
 */
export async function deposit(grid: GridClient, amount: bigint): Promise<Hex> {
  await approveCredits(grid, grid.deployment.jobs, amount)
  return (await sendToJobs(grid, 'deposit', [amount])).transactionHash
}

/** Lets a contract take credits of the wallet's account, where it may not take as many already. */
export async function approveCredits(grid: GridClient, spender: Hex, amount: bigint): Promise<void> {
  const allowed = await grid.publicClient.readContract({
    abi: creditsAbi,
    address: grid.deployment.credits,
    functionName: 'allowance',
    args: [walletOf(grid).account.address, spender],
  })
  if (allowed < amount) await sendToCredits(grid, 'approve', [spender, amount])
}
