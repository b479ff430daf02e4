import { keccak256, stringToBytes } from 'viem'
import type { Hex } from '../domain/job.ts'
import { continues, decodeChunks, headAfter, logStart } from '../gateway/logChain.ts'
import { readManifest } from '../gateway/manifest.ts'
import { gatewayFetch } from '../gatewayFetch.ts'
import type { GridClient } from '../gridClient.ts'
import { getManifest } from './getManifest.ts'
import { getTransitions } from './getTransitions.ts'

/** Whether what the gateway shows of a log is what the provider signed. */
export type LogProof =
  | { readonly kind: 'proved'; readonly attempt: number; readonly text: string }
  /** The job has not ended with a report of a run, or its log is not complete yet: nothing can be proved so far. */
  | { readonly kind: 'open'; readonly attempt: number }
  /** It is not what was signed. */
  | {
      readonly kind: 'broken'
      readonly attempt: number
      readonly reason: 'manifest-not-reported' | 'manifest-malformed' | 'chunk-missing' | 'chunk-changed'
      /** Number of the chunk that is wrong. */
      readonly seq?: number
    }

/**
 * Proves the log of a job's last attempt: the result that the provider's report put on chain is the hash of the manifest, the manifest names the
 * last hash of the log, and each chunk's hash covers the one before.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown, WalletMissing
 * @example const { kind } = await verifyLogs(grid, id)
 */
export async function verifyLogs(grid: GridClient, id: Hex, signal?: AbortSignal): Promise<LogProof> {
  const transitions = await getTransitions(grid, id)
  const assigned = transitions.findLast((transition) => transition.kind === 'job-assigned')
  const ended = transitions.findLast((transition) => transition.kind === 'job-ended')
  const attempt = assigned?.kind === 'job-assigned' ? assigned.attempt : 0
  const text = attempt === 0 || ended === undefined ? undefined : await getManifest(grid, id, attempt, signal)
  if (text === undefined || ended?.kind !== 'job-ended') return { kind: 'open', attempt }
  if (keccak256(stringToBytes(text)) !== ended.result)
    return { kind: 'broken', attempt, reason: 'manifest-not-reported' }
  const manifest = readManifest(text)
  if (manifest === undefined || manifest.job !== id || manifest.attempt !== attempt) {
    return { kind: 'broken', attempt, reason: 'manifest-malformed' }
  }
  return readChain(grid, id, attempt, manifest.log, signal)
}

async function readChain(
  grid: GridClient,
  id: Hex,
  attempt: number,
  log: { readonly chunks: number; readonly head: Hex },
  signal: AbortSignal | undefined,
): Promise<LogProof> {
  let head = await logStart(`${id}-${attempt}`)
  const decoder = new TextDecoder()
  let text = ''
  while (head.seq < log.chunks) {
    const path = `/v1/jobs/${id}/attempts/${attempt}/log/chunks?from=${head.seq}`
    const answer = await gatewayFetch(grid, { path, method: 'GET', signal })
    const { chunks } = decodeChunks(new Uint8Array(await answer.arrayBuffer()))
    if (chunks.length === 0) return { kind: 'broken', attempt, reason: 'chunk-missing', seq: head.seq }
    for (const chunk of chunks) {
      if (chunk.seq !== head.seq) return { kind: 'broken', attempt, reason: 'chunk-missing', seq: head.seq }
      if (!(await continues(head, chunk))) return { kind: 'broken', attempt, reason: 'chunk-changed', seq: head.seq }
      head = headAfter(head, chunk)
      text += decoder.decode(chunk.body, { stream: true })
    }
  }
  if (head.hash !== log.head) return { kind: 'broken', attempt, reason: 'chunk-changed', seq: head.seq - 1 }
  return { kind: 'proved', attempt, text: text + decoder.decode() }
}
