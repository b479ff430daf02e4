import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { compose } from './compose.ts'
import { Pulse } from './pulse.ts'
import { readSettings } from './settings.ts'
import { type TickOptions, tick } from './tick.ts'

const log = pino({ base: null })

/** Milliseconds without a good turn after which health is red, at least. */
const PATIENCE_MS = 30_000

async function main(): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  const settings = readSettings(process.env)
  const oracle = await compose(settings, log)
  const pulse = new Pulse(Math.max(PATIENCE_MS, 10 * settings.POLL_MS))
  const relay = oracle.serve(() => pulse.health(Date.now()))
  const url = await relay.listen({ host: settings.LISTEN_HOST, port: settings.LISTEN_PORT })
  log.info({ url, account: oracle.options.sender.address }, 'listening')
  await loop(oracle.options, pulse, settings.POLL_MS, stop.signal)
  await relay.close()
  await oracle.close()
  log.info('stopped')
}

async function loop(options: TickOptions, pulse: Pulse, pollMs: number, stop: AbortSignal): Promise<void> {
  let failure = ''
  while (!stop.aborted) {
    const startedAt = Date.now()
    const cause = await tick(options).then(() => '', String)
    if (cause === '') pulse.beat(startedAt, Date.now(), options.follower.head)
    // What lasts is said once.
    if (cause !== failure && cause !== '') log.error({ cause }, 'tick failed: nothing was decided')
    if (cause !== failure && cause === '') log.info('ticks go well again')
    failure = cause
    await sleep(pollMs, undefined, { signal: stop }).catch(() => undefined)
  }
}

main().catch((cause: unknown) => {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  log.fatal({ code: 'code' in error ? error.code : 'START_FAILED', cause: error.message }, 'the oracle stopped')
  process.exit(1)
})
