import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { type JobTransition, readTransitions } from '../jobEvents.ts'

/**
 * Every transition of a job so far, in order; none where no job has this id.
 *
 * @example const last = (await getTransitions(grid, id)).at(-1)
 */
export async function getTransitions(grid: GridClient, id: Hex): Promise<readonly JobTransition[]> {
  const latest = await grid.publicClient.getBlockNumber({ cacheTime: 0 })
  return readTransitions(grid, id, BigInt(grid.deployment.startBlock), latest)
}
