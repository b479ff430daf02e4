import { type Answered, callGateway } from '../callGateway.ts'
import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * Why a job waits and when it is expected to start, from the gateway's index; `explanation` is null where the job does not wait.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown
 * @example const { explanation } = await getExplanation(grid, id)
 */
export function getExplanation(grid: GridClient, id: Hex, signal?: AbortSignal): Promise<Answered<'explainJob'>> {
  return callGateway(grid, 'explainJob', { path: { id }, query: {} }, signal)
}
