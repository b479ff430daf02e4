import { keccak256 } from 'viem'
import type { Hex } from '../domain/job.ts'
import { accessHeaders } from '../gatewayAccess.ts'
import { type GridClient, serviceUrl } from '../gridClient.ts'
import { callService } from '../http.ts'

/**
 * Stores a definition at the gateway, signed by the wallet's account.
 *
 * @returns its hash (keccak256), which a request names as its definition
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown, WalletMissing
 * @example const definition = await putDefinition(grid, new TextEncoder().encode(yaml))
 */
export async function putDefinition(grid: GridClient, bytes: Uint8Array, signal?: AbortSignal): Promise<Hex> {
  const hash = keccak256(bytes)
  const url = serviceUrl(grid, 'gateway', `/v1/definitions/${hash}`)
  const access = await accessHeaders(grid, { action: 'put-definition', subject: hash, attempt: 0, content: hash })
  const headers = { ...access, 'content-type': 'application/octet-stream' }
  await callService({ service: 'gateway', url, method: 'PUT', headers, body: bytes, signal })
  return hash
}
