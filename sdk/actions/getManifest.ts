import type { Hex } from '../domain/job.ts'
import { ServiceRefused } from '../errors.ts'
import { gatewayFetch } from '../gatewayFetch.ts'
import type { GridClient } from '../gridClient.ts'

/**
 * The text of the manifest that closed the log of an attempt; undefined while the log is open. Its keccak256 is the result that the provider
 * reported. The wallet is the customer's, or of an account that it has named.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown, WalletMissing
 * @example const isComplete = (await getManifest(grid, id, 1)) !== undefined
 */
export async function getManifest(
  grid: GridClient,
  id: Hex,
  attempt: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const path = `/v1/jobs/${id}/attempts/${attempt}/manifest`
    return await (await gatewayFetch(grid, { path, method: 'GET', signal })).text()
  } catch (error) {
    if (error instanceof ServiceRefused && error.reason === 'MANIFEST_NOT_FOUND') return undefined
    throw error
  }
}
