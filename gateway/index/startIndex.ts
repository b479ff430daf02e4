import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { GridClient } from '../../sdk/index.ts'
import type { DatabasePlace } from '../../store/openDatabase.ts'
import { chainOf } from './chain/chain.ts'
import { termsReader } from './chain/gridTerms.ts'
import { Follower } from './follower.ts'
import type { IndexParts } from './indexParts.ts'
import { type OpenedIndex, openIndex } from './openIndex.ts'

export interface IndexOptions {
  readonly grid: GridClient
  readonly place: DatabasePlace
  /** Milliseconds between two looks at the chain. */
  readonly pollMs: number
  readonly log: Logger
}

/** An index that follows the chain by itself. */
export interface RunningIndex {
  readonly parts: IndexParts
  /** Ends between two transactions, and lets the database go. */
  stop(): Promise<void>
}

/** The index cannot be opened. */
export class IndexUnusable extends Error {
  readonly code = 'INDEX_UNUSABLE'
  override readonly name = 'IndexUnusable'
  constructor(place: DatabasePlace, cause: unknown) {
    const what =
      place.kind === 'file'
        ? `${place.path} cannot be opened: stop what else uses it; where it is damaged, delete it, and it is built anew`
        : 'DATABASE_URL cannot be used: check that the server answers and lets the account create a schema'
    super(`The index in ${what} (${String(cause)}).`, { cause })
  }
}

/** Opens the index and follows the chain until it is stopped. Throws IndexUnusable, or what the node says. */
export async function startIndex({ grid, place, pollMs, log }: IndexOptions): Promise<RunningIndex> {
  const { index, dropped, follower } = await openFollower(grid, place)
  if (dropped !== undefined) log.warn({ reason: dropped }, 'index is built from the start')
  const stop = new AbortController()
  const loop = follow(follower, pollMs, log, stop.signal)
  const terms = termsReader(grid, Date.now)
  return {
    parts: { index, deployment: grid.deployment, terms, head: () => follower.head, log },
    async stop() {
      stop.abort()
      await loop
      await index.destroy()
    },
  }
}

/** The index of a grid and its follower; with `anew`, empty. Throws IndexUnusable, or what the node says. */
export async function openFollower(
  grid: GridClient,
  place: DatabasePlace,
  anew = false,
): Promise<OpenedIndex & { readonly follower: Follower }> {
  const chain = chainOf(grid)
  const genesis = (await chain.block(0))?.hash ?? ''
  const opened = await openIndex(place, { ...grid.deployment, genesis }, anew).catch((cause: unknown) => {
    throw new IndexUnusable(place, cause)
  })
  return { ...opened, follower: new Follower(opened.index, chain, grid.deployment.startBlock) }
}

async function follow(follower: Follower, pollMs: number, log: Logger, stop: AbortSignal): Promise<void> {
  let failure = ''
  while (!stop.aborted) {
    const cause = await turn(follower, log, stop)
    // What lasts is said once.
    if (cause !== failure && cause !== '' && !stop.aborted) log.error({ cause }, 'the chain was not followed')
    if (cause !== failure && cause === '') log.info('the chain is followed again')
    failure = cause
    await sleep(pollMs, undefined, { signal: stop }).catch(() => undefined)
  }
}

/** One turn; what went wrong, or nothing. */
async function turn(follower: Follower, log: Logger, stop: AbortSignal): Promise<string> {
  try {
    const { head, events, rolledBackTo } = await follower.advance(stop)
    if (rolledBackTo !== undefined) log.warn({ block: head.number, rolledBackTo }, 'chain reorganised')
    if (events > 0) log.info({ block: head.number, events }, 'events indexed')
    return ''
  } catch (error) {
    return String(error)
  }
}
