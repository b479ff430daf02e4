import type { GridProvider } from '../../scheduling/grid.ts'
import type { GridClient } from '../gridClient.ts'
import { readGrid } from './readGrid.ts'

/** A provider as the chain knows it. */
export type Provider = Readonly<GridProvider>

/**
 * Every provider with its profile, offer, stake, open jobs and record, by index.
 *
 * @example const active = (await listProviders(grid)).filter(({ status, draining }) => status === 'APPROVED' && !draining)
 */
export async function listProviders(grid: GridClient): Promise<readonly Provider[]> {
  const { state } = await readGrid(grid)
  return [...state.providers.values()].sort((left, right) => left.index - right.index)
}
