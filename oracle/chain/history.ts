import { type JsonRpcProvider, toQuantity } from 'ethers'
import type { Deployment } from '../../sdk/deployments/deployment.ts'
import type { EventPlace, GridEvent } from '../../sdk/domain/events.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import type { RawLog } from './decoder.ts'
import { factOfJobs } from './factOfJobs.ts'
import { factOfProviders } from './factOfProviders.ts'

/** A block as far as following the chain needs it. */
export interface Block {
  readonly number: number
  readonly hash: Hex
  readonly parentHash: Hex
  /** Unix seconds. */
  readonly time: number
}

/** What the chain remembers: blocks by number, and the grid's events of a range of them. */
export interface History {
  head(): Promise<Block>
  /** The block of this number; undefined where the chain has none (yet, or any more). */
  block(number: number): Promise<Block | undefined>
  /** Every event of the blocks `from` to `to`, in order. */
  events(from: number, to: number): Promise<readonly GridEvent[]>
}

interface WireBlock {
  readonly number: string
  readonly hash: Hex
  readonly parentHash: Hex
  readonly timestamp: string
}

interface WireLog extends RawLog {
  readonly address: string
  readonly blockNumber: string
  readonly blockHash: Hex
  /** Newer nodes name it; for others the block is asked. */
  readonly blockTimestamp?: string
  readonly transactionHash: Hex
  readonly logIndex: string
}

/** The history that a node tells of a grid. */
export function historyOf(node: JsonRpcProvider, deployment: Deployment): History {
  const jobs = deployment.jobs.toLowerCase()
  const block = async (tag: string): Promise<Block | undefined> => {
    const answer: WireBlock | null = await node.send('eth_getBlockByNumber', [tag, false])
    return answer === null ? undefined : blockFrom(answer)
  }
  const timeOf = async (log: WireLog): Promise<readonly [Hex, number]> => {
    if (log.blockTimestamp !== undefined) return [log.blockHash, Number(log.blockTimestamp)]
    const answer: WireBlock | null = await node.send('eth_getBlockByHash', [log.blockHash, false])
    if (answer === null) throw new ChainMoved(Number(log.blockNumber))
    return [log.blockHash, Number(answer.timestamp)]
  }
  const timesOf = async (logs: readonly WireLog[]): Promise<ReadonlyMap<Hex, number>> => {
    const oneOfEach = new Map(logs.map((log) => [log.blockHash, log]))
    return new Map(await Promise.all([...oneOfEach.values()].map(timeOf)))
  }
  const eventFrom = (log: WireLog, time: number): GridEvent | undefined => {
    const fact = log.address.toLowerCase() === jobs ? factOfJobs(log) : factOfProviders(log)
    return fact === undefined ? undefined : ({ ...fact, place: placeFrom(log, time) } as GridEvent)
  }
  return {
    async head() {
      const head = await block('latest')
      if (head === undefined) throw new Error('The node knows no latest block')
      return head
    },
    block: (number) => block(toQuantity(number)),
    async events(from, to) {
      const filter = {
        address: [deployment.jobs, deployment.providers],
        fromBlock: toQuantity(from),
        toBlock: toQuantity(to),
      }
      const logs: WireLog[] = await node.send('eth_getLogs', [filter])
      const times = await timesOf(logs)
      const events = logs.map((log) => eventFrom(log, times.get(log.blockHash) ?? 0))
      return unique(events.filter((event) => event !== undefined).sort(byPlace))
    },
  }
}

/** The chain changed while it was read: nothing of what was read counts, and reading again is all there is to do. */
export class ChainMoved extends Error {
  readonly code = 'CHAIN_MOVED'
  override readonly name = 'ChainMoved'
  readonly block: number
  constructor(block: number) {
    super(`Block ${block} changed while it was read. It is read again at the next tick.`)
    this.block = block
  }
}

function blockFrom(block: WireBlock): Block {
  return {
    number: Number(block.number),
    hash: block.hash,
    parentHash: block.parentHash,
    time: Number(block.timestamp),
  }
}

function placeFrom(log: WireLog, time: number): EventPlace {
  return {
    block: Number(log.blockNumber),
    logIndex: Number(log.logIndex),
    blockHash: log.blockHash,
    transaction: log.transactionHash,
    time,
  }
}

/** Events in order, each once: a node may tell one twice. */
function unique(events: readonly GridEvent[]): readonly GridEvent[] {
  return events.filter((event, index) => {
    const before = events[index - 1]?.place
    return before?.block !== event.place.block || before.logIndex !== event.place.logIndex
  })
}

function byPlace(left: GridEvent, right: GridEvent): number {
  return left.place.block - right.place.block || left.place.logIndex - right.place.logIndex
}
