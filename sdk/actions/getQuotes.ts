import { type Answered, type Asked, callGateway } from '../callGateway.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * What a job would cost at each provider, what a budget buys there, when it would start and why not sooner, and who pays the gas.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown
 * @example const { choice, quotes } = await getQuotes(grid, { tasks: 1, cpusPerTask: 4, memPerCpu: 2048, timeLimit: 600 })
 */
export function getQuotes(
  grid: GridClient,
  body: Asked<'getQuotes'>['body'],
  signal?: AbortSignal,
): Promise<Answered<'getQuotes'>> {
  return callGateway(grid, 'getQuotes', { path: {}, query: {}, body }, signal)
}
