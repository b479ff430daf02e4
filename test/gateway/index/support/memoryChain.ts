import { toHex } from 'viem'
import type { Block, Chain } from '../../../../gateway/index/chain/chain.ts'
import type { GridEvent, GridFact } from '../../../../sdk/domain/events.ts'
import type { Hex } from '../../../../sdk/domain/job.ts'

interface MadeBlock extends Block {
  readonly events: readonly GridEvent[]
}

/** Blocks of a chain. */
export const GENESIS: Block = { number: 0, hash: toHex(0, { size: 32 }), parentHash: '', time: 1_000_000 }

/** A chain of blocks that a test makes, with branches that replace others. It reads a few blocks at a time. */
export class MemoryChain implements Chain {
  #blocks: MadeBlock[] = [{ ...GENESIS, events: [] }]
  #made = 0
  /** Blocks of one range. */
  rangeSize = 3
  /** Called before each range is read. */
  beforeRange: (from: number) => void = () => {}

  get last(): Block {
    return this.#blocks.at(-1) ?? GENESIS
  }

  /** Every event that the chain holds. */
  get all(): readonly GridEvent[] {
    return this.#blocks.flatMap(({ events }) => events)
  }

  /** A new block with these facts, some in one transaction. */
  mine(facts: readonly GridFact[], seconds = 12): void {
    this.#made += 1
    const parent = this.#blocks.at(-1) ?? { ...GENESIS, events: [] }
    const number = parent.number + 1
    const hash = toHex(this.#made, { size: 32 })
    const time = parent.time + seconds
    const events = facts.map((fact, logIndex) => {
      const transaction: Hex = toHex(this.#made * 1000 + Math.floor(logIndex / 2), { size: 32 })
      return { ...fact, place: { block: number, logIndex, blockHash: hash, transaction, time } } as GridEvent
    })
    this.#blocks.push({ number, hash, parentHash: parent.hash, time, events })
  }

  /** Takes the last blocks off, as if they had never been. */
  drop(blocks: number): void {
    this.#blocks = this.#blocks.slice(0, Math.max(1, this.#blocks.length - blocks))
  }

  async head(): Promise<Block> {
    return this.last
  }

  async block(number: number): Promise<Block | undefined> {
    return this.#blocks[number]
  }

  async *events(from: number, to: number): AsyncIterable<readonly GridEvent[]> {
    for (let first = from; first <= to; first += this.rangeSize) {
      this.beforeRange(first)
      const range = this.#blocks.slice(first, Math.min(first + this.rangeSize, to + 1))
      const events = range.flatMap((block) => block.events)
      if (events.length > 0) yield events
    }
  }
}
