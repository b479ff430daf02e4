import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { canonicalJson } from './canonicalJson.ts'
import type { Endpoints } from './chain/endpoints.ts'
import { watchNewHeads } from './chain/newHeads.ts'
import { compose } from './compose.ts'
import { Pulse } from './pulse.ts'
import { readSettings, type Settings } from './settings.ts'
import { rehearse, type TickOptions, tick } from './tick.ts'

const log = pino({ base: null })

/** Milliseconds without a good turn after which health is red, at least. */
const PATIENCE_MS = 30_000

async function main(): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  if (process.argv.includes('--dry-run')) return showPlan()
  const settings = readSettings(process.env)
  const oracle = await compose(settings, log)
  const pulse = new Pulse(Math.max(PATIENCE_MS, 10 * settings.POLL_MS), settings.MAX_LAG_SECONDS)
  const relay = oracle.serve(() => pulse.health(Date.now()))
  const url = await relay.listen({ host: settings.LISTEN_HOST, port: settings.LISTEN_PORT })
  log.info({ url, account: oracle.options.sender.address }, 'listening')
  await Promise.all([
    elect(oracle.options, stop.signal),
    review(oracle.node, stop.signal),
    loop(oracle.options, pulse, pauseBy(settings, stop.signal), stop.signal),
  ])
  await relay.close()
  await oracle.close()
  log.info('stopped')
}

/** Prints what the next turn would send, beside an oracle that runs: it has a store of its own that nobody sees. */
async function showPlan(): Promise<void> {
  const settings = readSettings({ ...process.env, STORE_PATH: ':memory:', DATABASE_URL: undefined })
  const oracle = await compose(settings, pino({ level: 'silent' }))
  process.stdout.write(`${canonicalJson(await rehearse(oracle.options))}\n`)
  await oracle.close()
}

/** Waits for the next turn: until there is a new block, and no longer than until it is time to look for one. */
type Pause = () => Promise<void>

function pauseBy({ POLL_MS, RPC_WS_URL }: Settings, stop: AbortSignal): Pause {
  let wake = () => {}
  if (RPC_WS_URL !== undefined) watchNewHeads(RPC_WS_URL, () => wake(), stop)
  return async () => {
    const early = new AbortController()
    wake = () => early.abort()
    const signal = AbortSignal.any([stop, early.signal])
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** Milliseconds between two looks at all endpoints of the chain. */
const REVIEW_MS = 5_000

async function review(node: Endpoints, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await node.review()
    await sleep(REVIEW_MS, undefined, { signal: stop }).catch(() => undefined)
  }
}

/** Milliseconds between two signs of life of a leader. */
const BEAT_MS = 500

async function elect({ leadership, metrics }: TickOptions, stop: AbortSignal): Promise<void> {
  let former: number | undefined
  while (!stop.aborted) {
    const failure = await leadership.campaign(performance.now()).then(() => undefined, String)
    if (failure !== undefined) log.warn({ cause: failure }, 'no word from the other replicas')
    metrics.leads.set(leadership.epoch === undefined ? 0 : 1)
    if (leadership.epoch !== former) log.info({ epoch: leadership.epoch }, leadership.epoch ? 'leading' : 'following')
    former = leadership.epoch
    await sleep(BEAT_MS, undefined, { signal: stop }).catch(() => undefined)
  }
}

async function loop(options: TickOptions, pulse: Pulse, pause: Pause, stop: AbortSignal): Promise<void> {
  let failure = ''
  while (!stop.aborted) {
    const startedAt = Date.now()
    const cause = await tick(options).then(() => '', String)
    if (cause !== '') options.metrics.failedTicks.inc()
    if (cause === '') pulse.beat(startedAt, Date.now(), options.follower.head)
    // What lasts is said once.
    if (cause !== failure && cause !== '') log.error({ cause }, 'tick failed: nothing was decided')
    if (cause !== failure && cause === '') log.info('ticks go well again')
    failure = cause
    await pause()
  }
}

main().catch((cause: unknown) => {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  log.fatal({ code: 'code' in error ? error.code : 'START_FAILED', cause: error.message }, 'the oracle stopped')
  process.exit(1)
})
