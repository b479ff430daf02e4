import type { Hex } from '../domain/job.ts'
import { ServiceRefused } from '../errors.ts'
import { gatewayFetch } from '../gatewayFetch.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * What one attempt of a job printed, as far as its provider sent it; undefined where it sent nothing yet. The wallet is the customer's.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown, WalletMissing
 * @example const text = await readLog(grid, id, 1)
 */
export async function readLog(
  grid: GridClient,
  id: Hex,
  attempt: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const path = `/v1/jobs/${id}/attempts/${attempt}/log`
  try {
    return await (await gatewayFetch(grid, { path, method: 'GET', signal })).text()
  } catch (error) {
    if (error instanceof ServiceRefused && error.reason === 'LOG_NOT_FOUND') return undefined
    throw error
  }
}
