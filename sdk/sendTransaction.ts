import type { Abi, ContractFunctionArgs, ContractFunctionName, TransactionReceipt } from 'viem'
import { jobsAbi } from './abi/jobs.ts'
import { refusalOf } from './contractError.ts'
import { WrongChain } from './errors.ts'
import { type GridClient, walletOf } from './gridClient.ts'

type Writing = 'nonpayable' | 'payable'
type JobsFunction = ContractFunctionName<typeof jobsAbi, Writing>

// What a call needs depends on the second of its block: writing the time that is written there already is cheaper.
const GAS_PERMILLE = 1_250n

/**
 * Simulates a call of `Jobs`, sends it from the client's wallet and waits until it is mined.
 *
 * @throws ContractRefused with the contract's own error, WrongChain where the wallet is elsewhere, WalletMissing
 */
export async function sendToJobs<Name extends JobsFunction>(
  grid: GridClient,
  functionName: Name,
  args: ContractFunctionArgs<typeof jobsAbi, Writing, Name>,
): Promise<TransactionReceipt> {
  const wallet = walletOf(grid)
  const { chainId, jobs } = grid.deployment
  const actual = await wallet.getChainId()
  if (actual !== chainId) throw new WrongChain('wallet', chainId, actual)
  // Widened: the names and arguments were checked against the ABI above.
  const call = {
    abi: jobsAbi as Abi,
    address: jobs,
    functionName: functionName as string,
    args: args as readonly unknown[],
  }
  try {
    const { account } = wallet
    await grid.publicClient.simulateContract({ ...call, account })
    const estimate = await grid.publicClient.estimateContractGas({ ...call, account })
    const gas = (estimate * GAS_PERMILLE) / 1000n
    const hash = await wallet.writeContract({ ...call, account, gas, chain: null })
    const receipt = await grid.publicClient.waitForTransactionReceipt({ hash })
    // Something came between the simulation and the block: the same call says what.
    if (receipt.status === 'reverted') {
      await grid.publicClient.simulateContract({ ...call, account, blockNumber: receipt.blockNumber })
      throw new Error(`transaction ${hash} was reverted, and its call is legal now`)
    }
    return receipt
  } catch (error) {
    throw refusalOf(error)
  }
}
