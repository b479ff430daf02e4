import { emptyGrid, type GridState } from '../../scheduling/grid.ts'
import { reduceAll } from '../../scheduling/reduce.ts'
import type { GridClient } from '../gridClient.ts'
import { readGridEvents } from '../gridEvents.ts'

/** Every provider and every live job as of one block. */
export interface GridView {
  readonly state: GridState
  readonly block: number
  /** Unix seconds of the block. */
  readonly now: number
}

/**
 * Every provider and every live job as the chain's events tell them, at the latest block. With `last` it goes on from there, and changes
 * its state in place. For people to look at: a reorg that reaches behind `last` is not undone.
 *
 * @throws what the chain node's transport throws
 * @example const { state } = await readGrid(grid)
 */
export async function readGrid(grid: GridClient, last?: GridView): Promise<GridView> {
  const { number, timestamp } = await grid.publicClient.getBlock({ blockTag: 'latest' })
  const state = last?.state ?? emptyGrid()
  const from = last === undefined ? grid.deployment.startBlock : last.block + 1
  if (number < BigInt(from)) return { state, block: last?.block ?? from - 1, now: Number(timestamp) }
  for await (const events of readGridEvents(grid, BigInt(from), number)) reduceAll(state, events)
  return { state, block: Number(number), now: Number(timestamp) }
}
