import { cancelJob } from '../../sdk/actions/cancelJob.ts'
import { watchJob } from '../../sdk/actions/watchJob.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import type { GridClient } from '../../sdk/gridClient.ts'
import type { JobTransition } from '../../sdk/jobEvents.ts'
import type { Context } from '../context.ts'
import { EXIT, JOB_EXIT } from '../exitCodes.ts'
import { JobScreen } from './jobScreen.ts'
import { streamLog } from './streamLog.ts'

/** How a job is followed. */
export interface Following {
  readonly fromBlock: number
  readonly by: 'wallet' | 'relay'
  readonly showsLog: boolean
  /** Whether Ctrl-C cancels the job. */
  readonly cancels: boolean
  readonly exitsLikeJob: boolean
}

type Ended = Extract<JobTransition, { kind: 'job-ended' }>

/** Follows a job to its end, and returns what the process ends with. */
export async function followJob(context: Context, grid: GridClient, id: Hex, following: Following): Promise<number> {
  const screen = await JobScreen.open(context, grid, id, following.showsLog)
  try {
    const ended = await endOf(context, grid, id, following, screen)
    screen.ended(ended)
    if (context.signal.aborted) return EXIT.interrupted
    return following.exitsLikeJob ? exitCodeOf(ended) : EXIT.done
  } finally {
    screen.close()
  }
}

async function endOf(
  context: Context,
  grid: GridClient,
  id: Hex,
  following: Following,
  screen: JobScreen,
): Promise<Ended> {
  const { signal, out } = context
  const log = following.showsLog ? streamLog(out, grid, id) : undefined
  const watching = (options: { signal?: AbortSignal }) =>
    watchUntilEnd(grid, id, { fromBlock: following.fromBlock, ...options }, screen)
  try {
    return await watching({ signal })
  } catch (error) {
    if (!signal.aborted || !following.cancels) throw error
    screen.note('Cancelling the job. Ctrl-C again leaves it as it is.')
    await cancelJob(grid, id, { by: following.by }).catch((cause: unknown) =>
      screen.note(`The cancel failed: ${String(cause).split('\n')[0]}`),
    )
    return await watching({})
  } finally {
    await log?.finish()
  }
}

async function watchUntilEnd(
  grid: GridClient,
  id: Hex,
  options: { readonly fromBlock: number; readonly signal?: AbortSignal },
  screen: JobScreen,
): Promise<Ended> {
  const onLost = (): void => screen.lost()
  for await (const transition of watchJob(grid, id, { ...options, onLost })) {
    screen.moved(transition)
    if (transition.kind === 'job-ended') return transition
  }
  throw new Error(`the story of job ${id} broke off`)
}

/** What `-e` ends with. */
export function exitCodeOf({ status, exitCode }: Pick<Ended, 'status' | 'exitCode'>): number {
  switch (status) {
    case 'FINISHED':
      return EXIT.done
    case 'OUT_OF_CREDITS':
    case 'CANCELLED':
    case 'PANICKED':
      return JOB_EXIT[status]
    default:
      return exitCode === 0 ? EXIT.refused : exitCode
  }
}
