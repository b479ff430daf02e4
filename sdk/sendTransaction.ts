import type { Abi, ContractFunctionArgs, ContractFunctionName, TransactionReceipt } from 'viem'
import { creditsAbi } from './abi/credits.ts'
import { jobsAbi } from './abi/jobs.ts'
import { providersAbi } from './abi/providers.ts'
import { refusalOf } from './contractError.ts'
import type { Hex } from './domain/job.ts'
import { WrongChain } from './errors.ts'
import { type GridClient, walletOf } from './gridClient.ts'

type Writing = 'nonpayable' | 'payable'
type FunctionOf<Contract extends Abi> = ContractFunctionName<Contract, Writing>
type ArgsOf<Contract extends Abi, Name extends FunctionOf<Contract>> = ContractFunctionArgs<Contract, Writing, Name>

/** A call of a contract, checked against its ABI by those who make one. */
interface Call {
  readonly abi: Abi
  readonly address: Hex
  readonly functionName: string
  readonly args: readonly unknown[]
}

// What a call needs depends on the second of its block: writing the time that is written there already is cheaper.
const GAS_PERMILLE = 1_250n

/** Calls a function of `Jobs`, as `sendCall` does. */
export function sendToJobs<Name extends FunctionOf<typeof jobsAbi>>(
  grid: GridClient,
  functionName: Name,
  args: ArgsOf<typeof jobsAbi, Name>,
): Promise<TransactionReceipt> {
  return sendCall(grid, { abi: jobsAbi as Abi, address: grid.deployment.jobs, functionName, args: args as unknown[] })
}

/** Calls a function of `Providers`, as `sendCall` does. */
export function sendToProviders<Name extends FunctionOf<typeof providersAbi>>(
  grid: GridClient,
  functionName: Name,
  args: ArgsOf<typeof providersAbi, Name>,
): Promise<TransactionReceipt> {
  const address = grid.deployment.providers
  return sendCall(grid, { abi: providersAbi as Abi, address, functionName, args: args as unknown[] })
}

/** Calls a function of `Credits`, as `sendCall` does. */
export function sendToCredits<Name extends FunctionOf<typeof creditsAbi>>(
  grid: GridClient,
  functionName: Name,
  args: ArgsOf<typeof creditsAbi, Name>,
): Promise<TransactionReceipt> {
  const address = grid.deployment.credits
  return sendCall(grid, { abi: creditsAbi as Abi, address, functionName, args: args as unknown[] })
}

/**
 * Simulates a call, sends it from the client's wallet and waits until it is mined.
 *
 * @throws ContractRefused with the contract's own error, WrongChain where the wallet is elsewhere, WalletMissing
 */
async function sendCall(grid: GridClient, call: Call): Promise<TransactionReceipt> {
  const wallet = walletOf(grid)
  const { chainId } = grid.deployment
  const actual = await wallet.getChainId()
  if (actual !== chainId) throw new WrongChain('wallet', chainId, actual)
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
