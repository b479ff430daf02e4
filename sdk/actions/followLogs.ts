import type { Hex } from '../domain/job.ts'
import { isFinal } from '../domain/status.ts'
import { JobUnknown, ServiceUnreachable } from '../errors.ts'
import type { GridClient } from '../gridClient.ts'
import { pause } from '../waiting.ts'
import { getJob } from './getJob.ts'
import { readLog } from './readLog.ts'

/** How long a log is followed. */
export interface FollowOptions {
  /** Seconds that the rest of the log may take to arrive once the job has ended; 15 where nothing is said. */
  readonly graceSeconds?: number
  readonly signal?: AbortSignal
}

const GRACE_SECONDS = 15

/**
 * What the latest attempt of a job prints, piece by piece as its provider sends it; ends when the job has ended and its log is complete. A gateway
 * that does not answer for a while loses nothing. A later attempt starts its own log. The wallet is the customer's.
 *
 * @throws JobUnknown, ServiceRefused, ServiceUnknown, WalletMissing, or the signal's reason
 * @example for await (const text of followLogs(grid, id)) console.log(text)
 */
export async function* followLogs(grid: GridClient, id: Hex, options: FollowOptions = {}): AsyncGenerator<string> {
  const { graceSeconds = GRACE_SECONDS, signal } = options
  let [attempt, told, endedAt] = [0, 0, undefined as number | undefined]
  for (;;) {
    const job = await getJob(grid, id)
    if (job === undefined) throw new JobUnknown(id)
    if (job.attempt !== attempt) [attempt, told] = [job.attempt, 0]
    const isOver = isFinal(job.status)
    const text = attempt === 0 ? undefined : await readUnlessAway(grid, id, attempt, signal)
    const isNew = text !== undefined && text.length > told
    if (isNew) yield text.slice(told)
    told = text?.length ?? told
    if (isOver && (attempt === 0 || (!isNew && text !== undefined))) return
    endedAt ??= isOver ? Date.now() : undefined
    if (endedAt !== undefined && Date.now() - endedAt > graceSeconds * 1000) return
    await pause(grid.publicClient.pollingInterval, signal)
  }
}

async function readUnlessAway(grid: GridClient, id: Hex, attempt: number, signal?: AbortSignal) {
  return readLog(grid, id, attempt, signal).catch((error: unknown) => {
    if (error instanceof ServiceUnreachable) return undefined
    throw error
  })
}
