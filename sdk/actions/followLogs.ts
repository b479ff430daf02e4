import type { Hex } from '../domain/job.ts'
import { isFinal } from '../domain/status.ts'
import { JobUnknown, ServiceRefused, ServiceUnreachable } from '../errors.ts'
import { gatewayFetch } from '../gatewayFetch.ts'
import type { GridClient } from '../gridClient.ts'
import { pause } from '../waiting.ts'
import { getJob } from './getJob.ts'

/** How long a log is followed. */
export interface FollowOptions {
  /** Seconds that the rest of the log may take to arrive once the job has ended; 15 where nothing is said. */
  readonly graceSeconds?: number
  readonly signal?: AbortSignal
}

const GRACE_SECONDS = 15

/** How far the log of one attempt was told. */
interface Told {
  readonly attempt: number
  /** The line to go on from. */
  line: number
  isComplete: boolean
}

/**
 * What the latest attempt of a job prints, line by line as its provider sends it; ends when the job has ended and its log is complete. A gateway
 * that does not answer for a while loses nothing and doubles nothing. A later attempt starts its own log. The wallet is the customer's, or of an
 * account that it has named.
 *
 * @throws JobUnknown, ServiceRefused, ServiceUnknown, WalletMissing, or the signal's reason
 * @example for await (const text of followLogs(grid, id)) console.log(text)
 */
export async function* followLogs(grid: GridClient, id: Hex, options: FollowOptions = {}): AsyncGenerator<string> {
  const { graceSeconds = GRACE_SECONDS, signal } = options
  let told: Told = { attempt: 0, line: 0, isComplete: false }
  let endedAt: number | undefined
  for (;;) {
    const job = await getJob(grid, id)
    if (job === undefined) throw new JobUnknown(id)
    if (job.attempt !== told.attempt) told = { attempt: job.attempt, line: 0, isComplete: false }
    if (isFinal(job.status)) endedAt ??= Date.now()
    if (endedAt !== undefined && (told.isComplete || told.attempt === 0)) return
    const left = endedAt === undefined ? undefined : endedAt + graceSeconds * 1000 - Date.now()
    if (left !== undefined && left <= 0) return
    if (told.attempt > 0 && !told.isComplete) yield* untilQuiet(grid, id, told, left, signal)
    await pause(grid.publicClient.pollingInterval, signal)
  }
}

/** What comes over one connection: until the log is complete, it breaks, nothing came for a while, or the time is over. */
async function* untilQuiet(
  grid: GridClient,
  id: Hex,
  told: Told,
  leftMilliseconds: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const over = leftMilliseconds === undefined ? new AbortController().signal : AbortSignal.timeout(leftMilliseconds)
  const path = `/v1/jobs/${id}/attempts/${told.attempt}/log/stream?from=${told.line}`
  const either = signal === undefined ? over : AbortSignal.any([signal, over])
  try {
    const answer = await gatewayFetch(grid, { path, method: 'GET', signal: either, hasNoTimeLimit: true })
    for await (const event of eventsOf(answer)) {
      // A comment of the stream: time to look whether the job goes on elsewhere.
      if (event === undefined) return
      told.line = event.id
      told.isComplete = event.name === 'end'
      if (event.name === 'lines') yield event.data.text
      if (told.isComplete) return
    }
  } catch (error) {
    signal?.throwIfAborted()
    // A connection that breaks is made again, from the line that comes next.
    if (error instanceof ServiceRefused && error.status < 500) throw error
    const isBreak = error instanceof ServiceUnreachable || error instanceof ServiceRefused || error instanceof TypeError
    if (!isBreak && !over.aborted) throw error
  }
}

interface LogEvent {
  readonly name: string
  readonly id: number
  readonly data: { readonly text: string }
}

/** The events of a stream of server-sent events; undefined for a comment. */
async function* eventsOf(answer: Response): AsyncGenerator<LogEvent | undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of answer.body ?? []) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    yield* blocks.map(eventOf)
  }
}

function eventOf(block: string): LogEvent | undefined {
  const fields = new Map(block.split('\n').map((line): [string, string] => fieldOf(line)))
  const name = fields.get('event')
  if (name === undefined) return undefined
  return { name, id: Number(fields.get('id')), data: JSON.parse(fields.get('data') ?? '{}') }
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(': ')
  return [line.slice(0, colon), line.slice(colon + 2)]
}
