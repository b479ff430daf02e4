import { type Snapshot, snapshotOf } from '../../scheduling/snapshot.ts'
import { jobsAbi } from '../abi/jobs.ts'
import { providersAbi } from '../abi/providers.ts'
import type { GridClient } from '../gridClient.ts'
import type { GridView } from './readGrid.ts'

/**
 * What a plan at a view's block would follow from. All definitions are taken to be held: only the gateway knows better.
 *
 * @example const { jobs } = await snapshotGrid(grid, await readGrid(grid))
 */
export async function snapshotGrid(grid: GridClient, { state, block, now }: GridView): Promise<Snapshot> {
  const { publicClient, deployment } = grid
  const jobs = { abi: jobsAbi, address: deployment.jobs } as const
  const registry = { abi: providersAbi, address: deployment.providers } as const
  const [minimumStake, penalty, { requeueWindow }] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'MINIMUM_STAKE' }),
    publicClient.readContract({ ...jobs, functionName: 'SILENCE_PENALTY' }),
    publicClient.readContract({ ...jobs, functionName: 'parameters' }),
  ])
  return snapshotOf(state, block, now, { minimumStake, penalty, requeueWindow })
}
