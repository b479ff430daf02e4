import { type Answered, type Asked, callGateway } from '../callGateway.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * A page of transitions of all jobs from the gateway's index, each with its transaction: by customer, provider, state and time.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown
 * @example const { items } = await searchTransitions(grid, { provider: 1, to: 'FAILED' })
 */
export function searchTransitions(
  grid: GridClient,
  query: Asked<'listTransitions'>['query'] = {},
  signal?: AbortSignal,
): Promise<Answered<'listTransitions'>> {
  return callGateway(grid, 'listTransitions', { path: {}, query }, signal)
}
