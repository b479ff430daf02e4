import { type Answered, type Asked, callGateway } from '../callGateway.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * A page of jobs from the gateway's index: by customer, provider, state and time of submission. Pass `next` as `cursor` for the next one.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown
 * @example const { items, next } = await searchJobs(grid, { customer, state: 'RUNNING', limit: 20 })
 */
export function searchJobs(
  grid: GridClient,
  query: Asked<'listJobs'>['query'] = {},
  signal?: AbortSignal,
): Promise<Answered<'listJobs'>> {
  return callGateway(grid, 'listJobs', { path: {}, query }, signal)
}
