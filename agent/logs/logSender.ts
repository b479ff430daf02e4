import type { Logger } from 'pino'
import type { Hex } from '../../sdk/domain/job.ts'
import type { Gateway, LogAnswer } from '../gateway/gateway.ts'
import type { BackOff } from '../outbox/backOff.ts'
import type { Logs } from './logs.ts'

const AT_ONCE = 8
const REQUEST_BYTES = 1_048_576

/** Sends logs to the gateway as they grow. What it does not answer is sent again, later and later; nothing waits for it. */
export class LogSender {
  readonly #logs: Logs
  readonly #gateway: Gateway
  readonly #backOff: BackOff
  readonly #log: Logger
  /** Number of the chunk that the gateway wants next. */
  readonly #next = new Map<string, number>()

  constructor(logs: Logs, gateway: Gateway, backOff: BackOff, log: Logger) {
    this.#logs = logs
    this.#gateway = gateway
    this.#backOff = backOff
    this.#log = log
  }

  /** One round over all logs that wait and are due. `now` in unix seconds. */
  async round(now: number, signal: AbortSignal): Promise<void> {
    const waiting = this.#logs.waiting()
    this.#backOff.keepOnly(new Set(waiting))
    const due = waiting.filter((name) => this.#backOff.isDue(name, now))
    for (let first = 0; first < due.length && !signal.aborted; first += AT_ONCE) {
      await Promise.all(due.slice(first, first + AT_ONCE).map((name) => this.#send(name, now, signal)))
    }
  }

  async #send(name: string, now: number, signal: AbortSignal): Promise<void> {
    const answer = await this.#sendChunks(name, signal)
    if (answer.kind === 'silent') {
      this.#backOff.count(name, now)
      return
    }
    this.#backOff.reset(name)
    if (answer.kind === 'refused') return this.#giveUp(name, answer.problem, now)
    const manifest = this.#logs.manifest(name)
    const file = await this.#logs.file(name)
    if (manifest === undefined || (this.#next.get(name) ?? 0) < file.head.seq) return
    const closed = await this.#gateway.putManifest(...partsOf(name), manifest, signal)
    if (closed.kind === 'silent') this.#backOff.count(name, now)
    if (closed.kind === 'refused') return this.#giveUp(name, closed.problem, now)
    if (closed.kind !== 'accepted') return
    if (closed.next !== undefined) {
      this.#next.set(name, closed.next)
      return
    }
    await this.#logs.finish(name)
    this.#next.delete(name)
    const [job, attempt] = partsOf(name)
    this.#log.info({ job, attempt }, 'log is at the gateway')
  }

  /** Sends every chunk that the gateway does not have. */
  async #sendChunks(name: string, signal: AbortSignal): Promise<LogAnswer> {
    const file = await this.#logs.file(name)
    while (!signal.aborted) {
      const next = this.#next.get(name) ?? 0
      const bytes = await file.read(next, REQUEST_BYTES)
      if (bytes.length === 0) break
      const answer = await this.#gateway.putChunks(...partsOf(name), bytes, signal)
      if (answer.kind === 'refused' || answer.kind === 'silent') return answer
      // A gateway that lost what it had says from where it wants it again.
      if (answer.next === undefined || answer.next === next) return { kind: 'silent', problem: 'it takes no chunk' }
      this.#next.set(name, answer.next)
    }
    return { kind: 'accepted' }
  }

  /** A log that still grows may be taken later, where the gateway is another. */
  async #giveUp(name: string, problem: string, now: number): Promise<void> {
    this.#backOff.count(name, now)
    const [job, attempt] = partsOf(name)
    this.#log.error({ job, attempt, problem }, 'the gateway refuses this log for good')
    if (this.#logs.resultOf(name) !== undefined) await this.#logs.finish(name)
  }
}

function partsOf(name: string): readonly [Hex, number] {
  const dash = name.lastIndexOf('-')
  return [name.slice(0, dash) as Hex, Number(name.slice(dash + 1))]
}
