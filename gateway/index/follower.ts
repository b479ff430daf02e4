import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { GridEvent } from '../../sdk/domain/events.ts'
import type { Block, Chain } from './chain/chain.ts'
import { forkOf } from './chain/forkOf.ts'
import type { IndexTables } from './tables.ts'
import { commit, type Point, rollBack } from './write/commit.ts'
import { byBlock, emptyRows } from './write/rows.ts'
import { rowsOf } from './write/rowsOf.ts'
import { emptyWorking, load, type Working } from './write/working.ts'

/** What one turn did. */
export interface Advance {
  /** The chain's head when the turn began. */
  readonly head: Block
  /** Events that were new. */
  readonly events: number
  /** The block that everything after was taken back of, where the chain had changed. */
  readonly rolledBackTo?: number
}

/** The chain changed while it was read: what was read last is left out, and reading again is all there is to do. */
export class ChainMoved extends Error {
  readonly code = 'CHAIN_MOVED'
  override readonly name = 'ChainMoved'
  readonly block: number
  constructor(block: number) {
    super(`Block ${block} changed while the chain was read. It is read again at the next turn.`)
    this.block = block
  }
}

/** So many events at least are written in one transaction, and between two of them others have their turn. */
const BATCH = 1000

/** Keeps the index at the chain's head. Where it stands is in the index alone, so that it goes on there after any crash. */
export class Follower {
  readonly #index: Kysely<IndexTables>
  readonly #chain: Chain
  readonly #origin: Point
  #working: Working = emptyWorking()
  #head: Block | undefined

  /** @param startBlock First block that can hold an event. */
  constructor(index: Kysely<IndexTables>, chain: Chain, startBlock: number) {
    this.#index = index
    this.#chain = chain
    this.#origin = { number: startBlock - 1, hash: '', time: 0 }
  }

  /** The chain's head as it was last seen; undefined before the first turn. */
  get head(): Block | undefined {
    return this.#head
  }

  /** Goes on to the chain's head. Throws ChainMoved or IndexMoved where something changed meanwhile, and what the node or the database throws. */
  async advance(stop?: AbortSignal): Promise<Advance> {
    try {
      return await this.#turn(stop)
    } catch (error) {
      // What was reduced may not have been written.
      this.#working = emptyWorking()
      throw error
    }
  }

  async #turn(stop: AbortSignal | undefined): Promise<Advance> {
    const head = await this.#chain.head()
    this.#head = head
    const rolledBackTo = await this.#undoReorg(head)
    const events = await this.#follow(head, stop)
    return { head, events, ...(rolledBackTo === undefined ? {} : { rolledBackTo }) }
  }

  async #follow(head: Block, stop: AbortSignal | undefined): Promise<number> {
    let tip = await this.#tip()
    let followed = 0
    if (head.number <= tip.number) return 0
    for await (const range of this.#chain.events(tip.number + 1, head.number)) {
      await this.#checkStands(tip)
      for (const batch of batchesOf(range)) {
        stop?.throwIfAborted()
        tip = await this.#write(tip, batch)
        followed += batch.length
        await nextTurn()
      }
    }
    await this.#checkStands({ number: head.number, hash: head.hash, time: head.time })
    if (tip.number === head.number && tip.hash !== head.hash) throw new ChainMoved(head.number)
    if (tip.number < head.number) await this.#move(tip, head)
    return followed
  }

  /** What is built upon must still be part of the chain after the events that come next were read. */
  async #checkStands(point: Point): Promise<void> {
    if (point.hash === '') return
    const block = await this.#chain.block(point.number)
    if (block?.hash !== point.hash) throw new ChainMoved(point.number)
  }

  async #write(tip: Point, events: readonly GridEvent[]): Promise<Point> {
    await load(this.#index, this.#working, events)
    const rows = rowsOf(this.#working, events)
    const next = [...rows.blocks.values()].at(-1) ?? tip
    await commit(this.#index, tip, next, rows)
    return { number: next.number, hash: next.hash, time: next.time }
  }

  async #move(tip: Point, head: Block): Promise<void> {
    await commit(this.#index, tip, head, emptyRows())
  }

  async #undoReorg(head: Block): Promise<number | undefined> {
    const tip = await this.#tip()
    if (head.hash === tip.hash || head.parentHash === tip.hash || tip.hash === '') return undefined
    // A node that is merely behind takes nothing back.
    const fork = await forkOf(this.#index, this.#chain, Math.min(head.number, tip.number), this.#origin)
    if (fork === undefined) return undefined
    await rollBack(this.#index, tip, fork)
    this.#working = emptyWorking()
    return fork.number
  }

  async #tip(): Promise<Point> {
    const { block, hash, time } = await this.#index
      .selectFrom('followed')
      .select(['block', 'hash', 'time'])
      .executeTakeFirstOrThrow()
    return { number: block, hash, time }
  }
}

/** Whole blocks of events, until there are enough for a transaction. */
function* batchesOf(events: readonly GridEvent[]): Generator<readonly GridEvent[]> {
  let batch: GridEvent[] = []
  for (const block of byBlock(events)) {
    batch.push(...block)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
