import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { GridState } from '../scheduling/grid.ts'
import type { GridEvent } from '../sdk/domain/events.ts'
import { JOB_STATUSES } from '../sdk/domain/status.ts'

const TICK_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const GAS = [10_000, 15_000, 20_000, 30_000, 50_000, 75_000, 100_000, 200_000, 500_000]

/** What one good turn of the loop saw and did. */
export interface TurnFacts {
  readonly seconds: number
  readonly block: number
  /** Unix seconds of the block that was followed last. */
  readonly blockTime: number
  readonly state: GridState
  readonly decisions: readonly { readonly kind: string; readonly reason: string }[]
}

/** What is counted for Prometheus. Every name begins with `oracle_`; ops/ has the dashboard and the alerts. */
export class Metrics {
  readonly registry = new Registry()
  readonly #gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `oracle_${name}`, help, labelNames: [...labelNames], registers: [this.registry] })
  readonly #counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `oracle_${name}`, help, labelNames: [...labelNames], registers: [this.registry] })
  readonly #histogram = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: number[],
  ) => new Histogram({ name: `oracle_${name}`, help, labelNames: [...labelNames], buckets, registers: [this.registry] })

  readonly #turnedAt = this.#gauge('turned_at_seconds', 'Unix time of the last good turn of the loop')
  readonly #headTime = this.#gauge('head_time_seconds', 'Unix time of the block that was followed last')
  readonly #headBlock = this.#gauge('head_block', 'Number of the block that was followed last')
  readonly #tick = this.#histogram('tick_seconds', 'Time that one turn of the loop took', [], TICK_SECONDS)
  readonly #queue = this.#gauge('queue_jobs', 'Jobs that wait, by the reason of the last plan', ['reason'])
  readonly #jobs = this.#gauge('jobs', 'Live jobs by state', ['status'])
  readonly #decisions = this.#counter('decisions_total', 'Jobs that were placed, by reason', ['reason'])
  readonly #settled = this.#counter('credits_settled_total', 'Credits that jobs were charged, as followed')
  readonly #ended = this.#counter('jobs_ended_total', 'Jobs that ended, by state, as followed', ['status'])
  readonly failedTicks = this.#counter('ticks_failed_total', 'Turns of the loop that decided nothing')
  readonly batches = this.#counter('batches_total', 'Transactions written, by what they carry', ['kind'])
  readonly replaced = this.#counter(
    'transactions_replaced_total',
    'Stuck transactions that were replaced by dearer ones',
  )
  readonly gasPerItem = this.#histogram(
    'gas_per_item',
    'Gas of a mined transaction by item that it carries',
    ['kind'],
    GAS,
  )
  readonly pending = this.#gauge('pending_transactions', 'Transactions that are not settled')
  readonly pendingAge = this.#gauge(
    'pending_age_blocks',
    'Blocks since the oldest transaction that is not mined was signed',
  )
  readonly rpc = this.#counter('rpc_events_total', 'What happened to chain nodes', ['endpoint', 'kind'])
  readonly relayDepth = this.#gauge('relay_depth', 'Messages that are stored and not in a transaction')
  readonly relayed = this.#counter('relay_messages_total', 'Messages that came in, by what became of them', [
    'kind',
    'outcome',
  ])
  readonly balance = this.#gauge('balance_coins', 'Native coins of the account that sends')
  readonly leads = this.#gauge('leads', '1 where this replica leads')
  readonly checkpointBlock = this.#gauge('checkpoint_block', 'Block whose state was written down last')

  constructor() {
    collectDefaultMetrics({ register: this.registry })
  }

  /** Messages that waited at the end of the last turn. */
  depth = 0

  /** Notes a good turn. */
  turned({ seconds, block, blockTime, state, decisions }: TurnFacts): void {
    this.#tick.observe(seconds)
    this.#turnedAt.setToCurrentTime()
    this.#headBlock.set(block)
    this.#headTime.set(blockTime)
    this.#queue.reset()
    for (const { kind, reason } of decisions) {
      if (kind === 'waiting') this.#queue.inc({ reason })
      else this.#decisions.inc({ reason })
    }
    for (const status of JOB_STATUSES.slice(1, 5)) this.#jobs.set({ status }, 0)
    for (const { status } of state.jobs.values()) this.#jobs.inc({ status })
  }

  /** Notes events of the chain that are new. */
  followed(events: readonly GridEvent[]): void {
    for (const event of events) {
      if (event.kind !== 'job-ended') continue
      this.#ended.inc({ status: event.status })
      this.#settled.inc(Number(event.cost) / 1e18)
    }
  }
}
