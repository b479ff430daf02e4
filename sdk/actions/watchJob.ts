import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { type JobTransition, readTransitions } from '../jobEvents.ts'
import { pause } from '../waiting.ts'

/** From where and until when a job is watched. */
export interface WatchOptions {
  /** The deployment's first block where nothing is said. */
  readonly fromBlock?: number
  readonly signal?: AbortSignal
  /** Told of every question that the node did not answer. It is asked again. */
  readonly onLost?: (error: unknown) => void
}

/**
 * The transitions of a job, those that were first, as they come; ends after the one that is final. A connection that is lost loses
 * nothing: reading goes on at the block where it stopped. Transitions of the latest block may still be replaced by a reorg.
 *
 * @throws the signal's reason
 * @example for await (const { to, place } of watchJob(grid, id)) console.log(to, place.block, place.transaction, place.time)
 */
export async function* watchJob(grid: GridClient, id: Hex, options: WatchOptions = {}): AsyncGenerator<JobTransition> {
  const { signal, onLost } = options
  let next = BigInt(options.fromBlock ?? grid.deployment.startBlock)
  for (;;) {
    const seen = await newTransitions(grid, id, next).catch((error: unknown) => onLost?.(error))
    for (const transition of seen?.transitions ?? []) {
      yield transition
      if (transition.kind === 'job-ended') return
    }
    next = seen?.next ?? next
    await pause(grid.publicClient.pollingInterval, signal)
  }
}

interface Seen {
  readonly transitions: readonly JobTransition[]
  /** The first block that was not read. */
  readonly next: bigint
}

async function newTransitions(grid: GridClient, id: Hex, next: bigint): Promise<Seen> {
  const latest = await grid.publicClient.getBlockNumber({ cacheTime: 0 })
  if (latest < next) return { transitions: [], next }
  return { transitions: await readTransitions(grid, id, next, latest), next: latest + 1n }
}
