import type { Logger } from 'pino'
import type { DirectSender } from '../chain/directSender.ts'
import type { Relay } from '../relay/relay.ts'
import { BackOff } from './backOff.ts'
import type { Outbox, SignedReport } from './outbox.ts'

const AT_ONCE = 8

export interface DeliveryOptions {
  readonly outbox: Outbox
  readonly relay: Relay
  readonly direct: DirectSender
  /** Seconds without an effect after which the signer sends a report itself. */
  readonly relayGraceSeconds: number
  readonly log: Logger
}

/** Sends what is in the outbox, again and again until it is taken out: to the relay, and past it when that is silent. */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #relayed = new BackOff(2, 60)
  readonly #direct = new BackOff(10, 120)

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  /** One round. `now` in unix seconds. */
  async round(now: number, signal: AbortSignal): Promise<void> {
    const entries = this.#options.outbox.entries()
    this.#forgetOthers(entries)
    const due = entries.filter(({ key }) => this.#relayed.isDue(key, now))
    for (let first = 0; first < due.length; first += AT_ONCE) {
      await Promise.all(due.slice(first, first + AT_ONCE).map((entry) => this.#relay(entry, now, signal)))
    }
    await this.#sendOverdue(entries, now)
  }

  async #relay(entry: SignedReport, now: number, signal: AbortSignal): Promise<void> {
    const { relay, log } = this.#options
    this.#relayed.count(entry.key, now)
    const answer = await relay.sendReport(entry, signal)
    const facts = { key: entry.key, job: entry.report.id, attempt: entry.report.attempt, status: entry.report.status }
    if (answer.kind === 'taken') log.debug({ ...facts, state: answer.state }, 'report is with the relay')
    else log.warn({ ...facts, ...answer }, 'report is not with the relay')
  }

  async #sendOverdue(entries: readonly SignedReport[], now: number): Promise<void> {
    const { direct, relayGraceSeconds, log } = this.#options
    const overdue = entries.filter(
      ({ key, signedAt }) => now >= signedAt + relayGraceSeconds && this.#direct.isDue(key, now),
    )
    if (overdue.length === 0) return
    for (const { key } of overdue) this.#direct.count(key, now)
    const outcome = await direct.reports(overdue)
    log.warn({ reports: overdue.length, ...outcome }, 'relay is silent, reports went past it')
  }

  #forgetOthers(entries: readonly SignedReport[]): void {
    const keys = new Set<string>(entries.map(({ key }) => key))
    this.#relayed.keepOnly(keys)
    this.#direct.keepOnly(keys)
  }
}
