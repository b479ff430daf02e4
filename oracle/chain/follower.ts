import { emptyGrid, type GridState } from '../../scheduling/grid.ts'
import { reduceAll } from '../../scheduling/reduce.ts'
import type { GridEvent } from '../../sdk/domain/events.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import { type Block, ChainMoved, type History } from './history.ts'

export interface FollowerOptions {
  /** First block that can hold an event. */
  readonly startBlock: number
  /** Blocks of the first request for logs. A request that fails is made smaller, one that is answered with little larger. */
  readonly rangeSize?: number
  /** Is told of events that are new; after a reorg it may hear of one again. */
  readonly onEvents?: (events: readonly GridEvent[]) => void
  /** Reorgs up to this depth are undone; after a deeper one the whole history is read again. */
  readonly reorgDepth?: number
}

/** What one step along the chain did. */
export interface Advance {
  readonly head: Block
  /** Events that were new. */
  readonly events: number
  /** The block that everything after was undone of, where the chain had changed. */
  readonly rolledBackTo?: number
}

interface Point {
  readonly number: number
  readonly hash: Hex | undefined
}

/** The state of the grid at a block that is deep enough: what following can start from instead of from the first block. */
export interface Checkpoint {
  readonly number: number
  readonly hash: Hex
  readonly state: GridState
}

const LARGEST_RANGE = 50_000
/** Events of one range above which the next one is smaller, and below a quarter of which it is larger. */
const MANY_EVENTS = 8_000

/**
 * Follows the chain and keeps the grid's state at its head. `settled` is the state at a block that is deep enough; what came after
 * it is kept as events, so that a reorg is undone by reducing them again. No event is ever trusted to be taken back by the node.
 */
export class Follower {
  readonly #history: History
  readonly #options: Required<FollowerOptions>
  #settled: GridState = emptyGrid()
  #state: GridState = emptyGrid()
  /** Blocks whose hash is remembered, ascending. The first is that of the settled state. */
  #points: Point[]
  #recent: GridEvent[] = []
  #head: Block | undefined
  #rangeSize: number

  constructor(history: History, options: FollowerOptions) {
    this.#history = history
    this.#options = { rangeSize: 2000, reorgDepth: 256, onEvents: () => {}, ...options }
    this.#points = [this.#origin()]
    this.#rangeSize = this.#options.rangeSize
  }

  /** Goes on from a checkpoint. Where its block is no longer part of the chain, the next `advance` reads everything again. */
  restore({ number, hash, state }: Checkpoint): void {
    this.#settled = state
    this.#state = structuredClone(state)
    this.#recent = []
    this.#points = [{ number, hash }]
  }

  /** The last state that is deep enough; undefined before the first. It is the follower's own: write it down before the next `advance`. */
  get checkpoint(): Checkpoint | undefined {
    const [point] = this.#points
    return point?.hash === undefined ? undefined : { number: point.number, hash: point.hash, state: this.#settled }
  }

  /** The grid as of `head`. It changes in place with the next `advance`. */
  get state(): GridState {
    return this.#state
  }

  /** The last block that was followed; undefined before the first. */
  get head(): Block | undefined {
    return this.#head
  }

  /** Goes on to the chain's head. Throws ChainMoved where the chain changed meanwhile; the next call goes on from what is sure. */
  async advance(): Promise<Advance> {
    const head = await this.#history.head()
    const rolledBackTo = await this.#undoReorg(head)
    let events = 0
    for (let from = this.#tip().number + 1; from <= head.number; from = this.#tip().number + 1) {
      events += await this.#follow(from, Math.min(from + this.#rangeSize - 1, head.number), head)
      this.#settle(head.number - this.#options.reorgDepth)
    }
    if (head.number >= this.#tip().number) this.#head = head
    return { head: this.#head ?? head, events, ...(rolledBackTo === undefined ? {} : { rolledBackTo }) }
  }

  async #follow(from: number, to: number, head: Block): Promise<number> {
    const end = to === head.number ? head : await this.#history.block(to)
    if (end === undefined) throw new ChainMoved(to)
    const events = await this.#history.events(from, to).catch((cause: unknown) => {
      // Nodes refuse ranges that are too large in many words; asking for less costs little where it was something else.
      this.#rangeSize = Math.max(Math.floor((to - from + 1) / 2), 1)
      throw cause
    })
    const again = await this.#history.block(to)
    const stray = events.some(({ place }) => place.block === to && place.blockHash !== end.hash)
    if (again?.hash !== end.hash || stray) throw new ChainMoved(to)
    this.#adapt(to - from + 1, events.length)
    reduceAll(this.#state, events)
    for (const event of events) this.#recent.push(event)
    this.#options.onEvents(events)
    this.#points.push({ number: end.number, hash: end.hash })
    return events.length
  }

  #adapt(blocks: number, events: number): void {
    if (events > MANY_EVENTS) this.#rangeSize = Math.max(Math.floor(blocks / 2), 1)
    else if (events < MANY_EVENTS / 4 && blocks === this.#rangeSize) {
      this.#rangeSize = Math.min(2 * blocks, Math.max(LARGEST_RANGE, this.#options.rangeSize))
    }
  }

  /** Goes back to the last remembered block that is still part of the chain. A node that is merely behind undoes nothing. */
  async #undoReorg(head: Block): Promise<number | undefined> {
    const tip = this.#tip()
    if (head.hash === tip.hash || head.parentHash === tip.hash || head.number < tip.number) return undefined
    const fork = await this.#fork()
    if (fork === tip) return undefined
    if (fork === undefined) this.#forget()
    else this.#rollBackTo(fork)
    return this.#tip().number
  }

  async #fork(): Promise<Point | undefined> {
    for (const point of this.#points.toReversed()) {
      if (point.hash === undefined) return point
      const block = await this.#history.block(point.number)
      if (block?.hash === point.hash) return point
    }
    return undefined
  }

  #rollBackTo(fork: Point): void {
    this.#points = this.#points.filter((point) => point.number <= fork.number)
    this.#recent = this.#recent.filter(({ place }) => place.block <= fork.number)
    this.#state = reduceAll(structuredClone(this.#settled), this.#recent)
  }

  #forget(): void {
    this.#points = [this.#origin()]
    this.#recent = []
    this.#settled = emptyGrid()
    this.#state = emptyGrid()
  }

  /** Takes what is at least as old as the last remembered block up to `number` into the settled state. */
  #settle(number: number): void {
    const index = this.#points.findLastIndex((point) => point.number <= number)
    const point = this.#points[index]
    if (point === undefined || index === 0) return
    const split = this.#recent.findIndex(({ place }) => place.block > point.number)
    const old = split === -1 ? this.#recent.splice(0) : this.#recent.splice(0, split)
    reduceAll(this.#settled, old)
    this.#points.splice(0, index)
  }

  #tip(): Point {
    return this.#points.at(-1) ?? this.#origin()
  }

  #origin(): Point {
    return { number: this.#options.startBlock - 1, hash: undefined }
  }
}
