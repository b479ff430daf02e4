import { jobsAbi } from '../abi/jobs.ts'
import { providersAbi } from '../abi/providers.ts'
import type { RatedResources } from '../domain/resources.ts'
import { budgetRoundedUp, ratePerMinute } from '../domain/settlement.ts'
import type { GridClient } from '../gridClient.ts'

/** What a job would cost at one provider. Amounts are credits with 18 decimals. */
export interface Quote {
  readonly provider: number
  readonly ratePerMinute: bigint
  /** The smallest budget that pays for the whole time limit. */
  readonly budget: bigint
  /** How many more jobs the provider can be given now; 0 where it is not active. */
  readonly room: bigint
}

/**
 * What resources for `timeLimit` seconds would cost at a provider, by its published prices. The rate is fixed when the job is assigned.
 *
 * @example const { budget } = await quote(grid, 1, { tasks: 1, cpusPerTask: 4, memPerCpu: 2048, gpus: 0, timeLimit: 600 })
 */
export async function quote(
  grid: GridClient,
  provider: number,
  wanted: RatedResources & { readonly timeLimit: number },
): Promise<Quote> {
  const { publicClient, deployment } = grid
  const penalty = await publicClient.readContract({
    abi: jobsAbi,
    address: deployment.jobs,
    functionName: 'SILENCE_PENALTY',
  })
  const [prices, room] = await publicClient.readContract({
    abi: providersAbi,
    address: deployment.providers,
    functionName: 'terms',
    args: [provider, penalty],
  })
  const rate = ratePerMinute(wanted, prices)
  return { provider, ratePerMinute: rate, budget: budgetRoundedUp(rate, wanted.timeLimit), room }
}
