import { type Answered, type Asked, callGateway } from '../callGateway.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * A page of providers from the gateway's index, by index: offer, stake, reliability, and why one can be given no job.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown
 * @example const { items } = await searchProviders(grid, { status: 'APPROVED' })
 */
export function searchProviders(
  grid: GridClient,
  query: Asked<'listProviders'>['query'] = {},
  signal?: AbortSignal,
): Promise<Answered<'listProviders'>> {
  return callGateway(grid, 'listProviders', { path: {}, query }, signal)
}
