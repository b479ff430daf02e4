import type { Logger } from 'pino'
import type { Hex } from '../../sdk/domain/job.ts'
import type { BackOff } from '../outbox/backOff.ts'
import type { LogOutbox } from '../outbox/logOutbox.ts'
import type { Gateway } from './gateway.ts'

/** Offers the gateway every output that waits and is due; one that it will never take is not offered again. */
export async function uploadLogs(
  logs: LogOutbox,
  gateway: Gateway,
  backOff: BackOff,
  now: number,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  backOff.keepOnly(new Set(logs.waiting()))
  for (const name of logs.waiting().filter((waiting) => backOff.isDue(waiting, now))) {
    if (signal.aborted) return
    backOff.count(name, now)
    const { id, attempt } = partsOf(name)
    const answer = await gateway.putLog(id, attempt, logs.text(name), signal)
    if (answer.kind !== 'silent') logs.finish(name)
    if (answer.kind === 'accepted') log.info({ job: id, attempt }, 'log is at the gateway')
    else log.warn({ job: id, attempt, ...answer }, 'log is not at the gateway')
  }
}

function partsOf(name: string): { readonly id: Hex; readonly attempt: number } {
  const dash = name.lastIndexOf('-')
  return { id: name.slice(0, dash) as Hex, attempt: Number(name.slice(dash + 1)) }
}
