import { parseEventLogs } from 'viem'
import { providersAbi } from '../abi/providers.ts'
import type { GridClient } from '../gridClient.ts'
import { sendToProviders } from '../sendTransaction.ts'

/**
 * Marks `amount` credits (18 decimals) of a provider's stake as leaving. They no longer count for new jobs and can still be penalised;
 * `withdrawStake` pays them out once the delay is over and no job is open. The wallet is the owner's.
 *
 * @returns unix seconds from which they can be withdrawn
 * @throws ContractRefused (`NotProviderOwner`, `StakeTooLow`), WalletMissing, WrongChain
 * @example const unbondsAt = await unstake(grid, provider, parseEther('500'))
 */
export async function unstake(grid: GridClient, provider: number, amount: bigint): Promise<number> {
  const { logs } = await sendToProviders(grid, 'startUnbonding', [provider, amount])
  const [event] = parseEventLogs({ abi: providersAbi, logs, eventName: 'UnbondingStarted' })
  if (event === undefined) throw new Error('the registry did not say when the stake can leave')
  return event.args.unbondsAt
}
