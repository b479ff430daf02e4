import { ProviderUnknown } from '../errors.ts'
import type { GridClient } from '../gridClient.ts'
import { listProviders, type Provider } from './listProviders.ts'

/**
 * One provider with its profile, offer, stake, open jobs and record.
 *
 * @throws ProviderUnknown
 * @example const { offer } = await getProvider(grid, provider)
 */
export async function getProvider(grid: GridClient, index: number): Promise<Provider> {
  const provider = (await listProviders(grid)).find((candidate) => candidate.index === index)
  if (provider === undefined) throw new ProviderUnknown(index)
  return provider
}
