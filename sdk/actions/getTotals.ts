import { type Answered, type Asked, callGateway } from '../callGateway.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * Totals of the grid, of a customer or of a provider, from the gateway's index.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown
 * @example const { totals } = await getTotals(grid, { provider: 1 })
 */
export function getTotals(
  grid: GridClient,
  query: Asked<'getTotals'>['query'] = {},
  signal?: AbortSignal,
): Promise<Answered<'getTotals'>> {
  return callGateway(grid, 'getTotals', { path: {}, query }, signal)
}
