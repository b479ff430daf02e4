import type { Hex } from '../domain/job.ts'
import { ServiceRefused } from '../errors.ts'
import { accessHeaders, NO_CONTENT } from '../gatewayAccess.ts'
import { type GridClient, serviceUrl } from '../gridClient.ts'
import { callService } from '../http.ts'

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
  const url = serviceUrl(grid, 'gateway', `/v1/jobs/${id}/attempts/${attempt}/log`)
  const headers = await accessHeaders(grid, { action: 'get-log', subject: id, attempt, content: NO_CONTENT })
  try {
    return await (await callService({ service: 'gateway', url, method: 'GET', headers, signal })).text()
  } catch (error) {
    if (error instanceof ServiceRefused && error.reason === 'LOG_NOT_FOUND') return undefined
    throw error
  }
}
