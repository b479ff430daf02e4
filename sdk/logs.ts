import { numberToHex } from 'viem'
import type { EventPlace } from './domain/events.ts'
import type { Hex } from './domain/job.ts'
import type { GridClient } from './gridClient.ts'

/** A log as the node's JSON has it. */
export interface MinedLog {
  readonly address: Hex
  readonly data: Hex
  readonly topics: readonly [Hex, ...Hex[]]
  readonly blockNumber: Hex
  readonly blockHash: Hex
  readonly logIndex: Hex
  readonly transactionHash: Hex
  /** Not every node tells it. */
  readonly blockTimestamp?: Hex
}

/** Which logs are wanted; topics as the node's JSON wants them. */
export interface LogFilter {
  readonly address: Hex | readonly Hex[]
  readonly topics?: readonly (Hex | readonly Hex[] | null)[]
}

const FIRST_RANGE = 2_000n
const MOST_BLOCKS = 100_000n
const FEW_LOGS = 5_000
const MANY_LOGS = 20_000

/**
 * The logs of the blocks `from` to `to`, in order, some blocks at a time: more where there is little in them, fewer where the node
 * refuses. The next blocks are asked for while the last ones are worked on.
 */
export async function* readLogs(
  grid: GridClient,
  filter: LogFilter,
  from: bigint,
  to: bigint,
): AsyncGenerator<readonly MinedLog[]> {
  let size = FIRST_RANGE
  let start = from
  let asked = askLogs(grid, filter, start, smaller(start + size - 1n, to))
  while (start <= to) {
    const end = smaller(start + size - 1n, to)
    const answer = await asked
    if (answer.kind === 'refused') {
      if (size === 1n) throw answer.cause
      size = size / 2n
    } else {
      start = end + 1n
      if (answer.logs.length < FEW_LOGS && size < MOST_BLOCKS) size *= 2n
      if (answer.logs.length > MANY_LOGS && size > 1n) size /= 2n
    }
    if (start <= to) asked = askLogs(grid, filter, start, smaller(start + size - 1n, to))
    if (answer.kind === 'logs' && answer.logs.length > 0) yield answer.logs
  }
}

type LogsAnswer =
  | { readonly kind: 'logs'; readonly logs: readonly MinedLog[] }
  | { readonly kind: 'refused'; readonly cause: unknown }

// Never rejects: it may be under way while nobody waits for it.
async function askLogs(grid: GridClient, filter: LogFilter, from: bigint, to: bigint): Promise<LogsAnswer> {
  const range = { fromBlock: numberToHex(from), toBlock: numberToHex(to) }
  try {
    // viem's own reader of logs takes no indexed argument together with several events.
    const params = [{ ...filter, ...range }] as unknown as never
    const logs = (await grid.publicClient.request({ method: 'eth_getLogs', params })) as unknown as MinedLog[]
    return { kind: 'logs', logs: logs.sort(byPlace) }
  } catch (cause) {
    return { kind: 'refused', cause }
  }
}

function byPlace(left: MinedLog, right: MinedLog): number {
  return Number(left.blockNumber) - Number(right.blockNumber) || Number(left.logIndex) - Number(right.logIndex)
}

function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right
}

/** Where logs stand. Blocks whose time the node does not tell with its logs are asked for once. */
export function placesOf(grid: GridClient): (log: MinedLog) => Promise<EventPlace> | EventPlace {
  const times = new Map<Hex, Promise<number>>()
  const timeOf = (blockHash: Hex): Promise<number> => {
    const known = times.get(blockHash)
    if (known !== undefined) return known
    const time = grid.publicClient.getBlock({ blockHash }).then(({ timestamp }) => Number(timestamp))
    times.set(blockHash, time)
    return time
  }
  return (log) => {
    const at = log.blockTimestamp
    if (at !== undefined) return placeOf(log, Number(at))
    return timeOf(log.blockHash).then((time) => placeOf(log, time))
  }
}

function placeOf(log: MinedLog, time: number): EventPlace {
  return {
    block: Number(log.blockNumber),
    logIndex: Number(log.logIndex),
    blockHash: log.blockHash,
    transaction: log.transactionHash,
    time,
  }
}
