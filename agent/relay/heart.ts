import type { Logger } from 'pino'
import type { Consumption } from '../../sdk/domain/job.ts'
import type { DirectSender } from '../chain/directSender.ts'
import type { Signing } from '../chain/signing.ts'
import type { Relay } from './relay.ts'

export interface HeartOptions {
  readonly provider: number
  readonly signing: Signing
  readonly relay: Relay
  readonly direct: DirectSender
  readonly intervalSeconds: number
  /** Seconds beyond the interval without a sign of life on the chain after which a beat goes past the relay. */
  readonly relayGraceSeconds: number
  readonly log: Logger
}

/** What a beat is about. */
export interface Pulse {
  readonly running: readonly Consumption[]
  /** Whether a job is with this provider, so that its silence would be punished. */
  readonly hasOpenJobs: boolean
  /** Unix seconds from which the contract counts this provider's silence. */
  readonly lastSeen: number
}

/** Shows at regular times that the provider lives and what its jobs have used. */
export class Heart {
  readonly #options: HeartOptions
  #lastSentAt = 0
  #firstSentAt: number | undefined

  constructor(options: HeartOptions) {
    this.#options = options
  }

  /** Beats if it is time to. `now` in unix seconds. */
  async beat(now: number, pulse: Pulse, signal: AbortSignal): Promise<void> {
    const { provider, signing, relay, direct, intervalSeconds, relayGraceSeconds, log } = this.#options
    if (now < this.#lastSentAt + intervalSeconds) return
    const heartbeat = { provider, sentAt: now, running: pulse.running }
    const signature = await signing.heartbeat(heartbeat)
    this.#lastSentAt = now
    this.#firstSentAt ??= now
    const answer = await relay.sendHeartbeat(heartbeat, signature, signal)
    if (answer.kind !== 'taken') log.warn({ ...answer }, 'heartbeat is not with the relay')
    // The relay is given its time after a start, too.
    const silentSince = Math.max(pulse.lastSeen, this.#firstSentAt)
    const isOverdue = now > silentSince + intervalSeconds + relayGraceSeconds
    if (!pulse.hasOpenJobs || !isOverdue) return
    log.warn({ ...(await direct.heartbeat(heartbeat, signature)) }, 'relay is silent, heartbeat went past it')
  }
}
