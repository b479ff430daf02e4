import type { Hex } from './domain/job.ts'
import { ServiceRefused } from './errors.ts'
import { type GridClient, serviceUrl } from './gridClient.ts'
import { callService, postJson } from './http.ts'
import { until, type Waiting } from './waiting.ts'

/** A signed message on its way through the relay. */
export interface Relaying<Answer> {
  readonly path: '/v1/requests' | '/v1/cancels' | '/v1/top-ups'
  readonly message: unknown
  /** The message's EIP-712 digest, under which the relay knows it. */
  readonly key: Hex
  /** What the caller waits for, as the subject of a sentence. */
  readonly what: string
  /** Asks the chain whether the message has had its effect. */
  seen(): Promise<Answer | undefined>
}

/**
 * Gives a signed message to the relay and waits until the chain shows its effect.
 *
 * @throws ServiceRefused, at once or when the relay gave the message up; ServiceUnreachable, ServiceUnknown, TimedOut
 */
export async function relay<Answer>(grid: GridClient, relaying: Relaying<Answer>, waiting: Waiting): Promise<Answer> {
  const { signal } = waiting
  const url = serviceUrl(grid, 'relay', relaying.path)
  await postJson({ service: 'relay', url, signal }, relaying.message)
  return until(relaying.what, grid.publicClient.pollingInterval, waiting, async () => {
    const answer = await relaying.seen()
    if (answer === undefined) await refuseWhereRelayDid(grid, relaying.key, signal)
    return answer
  })
}

/** An unanswered question decides nothing: the chain is asked again. */
async function refuseWhereRelayDid(grid: GridClient, key: Hex, signal?: AbortSignal): Promise<void> {
  const url = serviceUrl(grid, 'relay', `/v1/messages/${key}`)
  const response = await callService({ service: 'relay', url, method: 'GET', signal }).catch(() => undefined)
  const message = (await response?.json()) as RelayedMessage | undefined
  if (message?.state !== 'refused') return
  throw new ServiceRefused(
    'relay',
    200,
    message.reason?.code ?? 'UNKNOWN',
    message.reason?.message ?? 'no reason given',
  )
}

interface RelayedMessage {
  readonly state: 'stored' | 'sent' | 'final' | 'refused'
  readonly reason?: { readonly code: string; readonly message: string }
}
