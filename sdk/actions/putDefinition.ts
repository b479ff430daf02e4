import { keccak256 } from 'viem'
import type { Hex } from '../domain/job.ts'
import { ServiceUnreachable } from '../errors.ts'
import { seal } from '../gateway/sealing.ts'
import { gatewayFetch } from '../gatewayFetch.ts'
import { type GridClient, serviceUrl } from '../gridClient.ts'
import { callService } from '../http.ts'
import { pause } from '../waiting.ts'

const BYTES = { 'content-type': 'application/octet-stream' }
const PIECE_BYTES = 256 * 1024
const TRIES = 5
const RETRY_MILLISECONDS = 500

/** What goes with a definition. */
export interface DefinitionOptions {
  /** Values by name, sealed apart from the definition: they are no part of its text or of a script. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/**
 * Seals a definition to the gateway and stores it there, under the name of the wallet's account. Only the provider that gets the job
 * is let in. A large one goes in pieces; one that got lost is sent again.
 *
 * @returns the hash (keccak256) of the sealed bytes, which a request names as its definition
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown, WalletMissing
 * @example const definition = await putDefinition(grid, new TextEncoder().encode(yaml))
 */
export async function putDefinition(
  grid: GridClient,
  bytes: Uint8Array,
  options: DefinitionOptions = {},
): Promise<Hex> {
  const { secrets = {}, signal } = options
  const recipient = await sealingRecipient(grid, signal)
  const sealed = await seal(bytes, recipient)
  const hash = keccak256(sealed)
  const path = `/v1/definitions/${hash}`
  if (Object.keys(secrets).length > 0) {
    // Before the definition: once that is there, the job may start.
    const text = JSON.stringify({ definition: hash, secrets })
    const body = await seal(new TextEncoder().encode(text), recipient)
    await gatewayFetch(grid, { path: `${path}/secrets`, method: 'PUT', headers: BYTES, body, signal })
  }
  if (sealed.length <= PIECE_BYTES) {
    await gatewayFetch(grid, { path, method: 'PUT', headers: BYTES, body: sealed, signal })
    return hash
  }
  await upload(grid, hash, sealed, signal)
  await gatewayFetch(grid, { path: `${path}?upload=yes`, method: 'PUT', signal })
  return hash
}

/** Sends sealed bytes in pieces. One that is not answered is sent again from where the gateway says that the upload ended. */
async function upload(grid: GridClient, hash: Hex, sealed: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await uploadRest(grid, hash, sealed, signal)
    } catch (error) {
      if (!(error instanceof ServiceUnreachable) || tries >= TRIES) throw error
      await pause(RETRY_MILLISECONDS, signal)
    }
  }
}

async function uploadRest(
  grid: GridClient,
  hash: Hex,
  sealed: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = `/v1/uploads/${hash}`
  const begun = await gatewayFetch(grid, { path, method: 'HEAD', signal })
  let offset = Number(begun.headers.get('upload-offset'))
  while (offset < sealed.length) {
    const body = sealed.subarray(offset, offset + PIECE_BYTES)
    await gatewayFetch(grid, { path: `${path}?offset=${offset}`, method: 'PATCH', headers: BYTES, body, signal })
    offset += body.length
  }
}

async function sealingRecipient(grid: GridClient, signal: AbortSignal | undefined): Promise<string> {
  const url = serviceUrl(grid, 'gateway', '/v1/sealing')
  const answer = await callService({ service: 'gateway', url, method: 'GET', signal })
  return ((await answer.json()) as { recipient: string }).recipient
}
