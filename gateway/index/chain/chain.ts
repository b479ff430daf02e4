import { BlockNotFoundError } from 'viem'
import type { GridEvent } from '../../../sdk/domain/events.ts'
import { readGridEvents } from '../../../sdk/gridEvents.ts'
import type { GridClient } from '../../../sdk/index.ts'

/** A block as far as following needs it. */
export interface Block {
  readonly number: number
  readonly hash: string
  readonly parentHash: string
  /** Unix seconds. */
  readonly time: number
}

/** What the index asks of the chain. */
export interface Chain {
  head(): Promise<Block>
  /** The block of this number; undefined where the chain has none, yet or any more. */
  block(number: number): Promise<Block | undefined>
  /** Every event of the blocks `from` to `to`, in order, whole blocks at a time. */
  events(from: number, to: number): AsyncIterable<readonly GridEvent[]>
}

/** The chain behind a grid's node. */
export function chainOf(grid: GridClient): Chain {
  const read = async (which: { readonly blockNumber?: bigint }): Promise<Block> => {
    const { number, hash, parentHash, timestamp } = await grid.publicClient.getBlock(which)
    return { number: Number(number), hash: String(hash), parentHash, time: Number(timestamp) }
  }
  return {
    head: () => read({}),
    block: (number) =>
      read({ blockNumber: BigInt(number) }).catch((error: unknown) => {
        if (error instanceof BlockNotFoundError) return undefined
        throw error
      }),
    events: (from, to) => readGridEvents(grid, BigInt(from), BigInt(to)),
  }
}
