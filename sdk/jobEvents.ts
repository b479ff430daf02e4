import { decodeEventLog, encodeEventTopics, hexToNumber, numberToHex } from 'viem'
import { jobsAbi } from './abi/jobs.ts'
import type { EventPlace, GridEvent, GridFact } from './domain/events.ts'
import type { Hex } from './domain/job.ts'
import { type JobStatus, statusFromNumber } from './domain/status.ts'
import type { GridClient } from './gridClient.ts'

/** One step of a job through its states: what the chain said, where and when, and the state that it led to. */
export type JobTransition = Extract<
  GridEvent,
  { kind: 'job-submitted' | 'job-assigned' | 'job-scheduled' | 'job-started' | 'job-returned' | 'job-ended' }
> & { readonly to: JobStatus }

const TRANSITION_EVENTS = [
  'JobSubmitted',
  'JobAssigned',
  'JobScheduled',
  'JobStarted',
  'JobReturned',
  'JobEnded',
] as const
const TOPICS = TRANSITION_EVENTS.map((eventName) => encodeEventTopics({ abi: jobsAbi, eventName })[0])

/** The transitions of a job in a range of blocks, both ends included, in their order. */
export async function readTransitions(
  grid: GridClient,
  id: Hex,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<readonly JobTransition[]> {
  const filter = {
    address: grid.deployment.jobs,
    topics: [TOPICS, id],
    fromBlock: numberToHex(fromBlock),
    toBlock: numberToHex(toBlock),
  }
  // viem's own reader of logs takes no indexed argument together with several events.
  const logs = (await grid.publicClient.request({
    method: 'eth_getLogs',
    params: [filter],
  })) as unknown as readonly MinedLog[]
  const sorted = logs.toSorted((a, b) => ordinal(a.blockNumber, b.blockNumber) || ordinal(a.logIndex, b.logIndex))
  return Promise.all(sorted.map(async (log) => ({ ...factOf(log), place: await placeOf(grid, log) }) as JobTransition))
}

/** A log as the node's JSON has it. */
interface MinedLog {
  readonly data: Hex
  readonly topics: [Hex, ...Hex[]]
  readonly blockNumber: Hex
  readonly blockHash: Hex
  readonly logIndex: Hex
  readonly transactionHash: Hex
  /** Not every node tells it. */
  readonly blockTimestamp?: Hex
}

function ordinal(left: Hex, right: Hex): number {
  return hexToNumber(left) - hexToNumber(right)
}

async function placeOf(grid: GridClient, log: MinedLog): Promise<EventPlace> {
  const { blockHash, blockTimestamp } = log
  const time = blockTimestamp ?? (await grid.publicClient.getBlock({ blockHash })).timestamp
  return {
    block: hexToNumber(log.blockNumber),
    logIndex: hexToNumber(log.logIndex),
    blockHash,
    transaction: log.transactionHash,
    time: Number(time),
  }
}

function factOf({ data, topics }: MinedLog): GridFact & { readonly to: JobStatus } {
  const { eventName, args } = decodeEventLog({ abi: jobsAbi, data, topics })
  switch (eventName) {
    case 'JobSubmitted':
      return { kind: 'job-submitted', id: args.id, request: args.request, to: 'PENDING' }
    case 'JobAssigned':
      return { kind: 'job-assigned', ...args, to: 'META_SCHEDULED' }
    case 'JobScheduled':
      return { kind: 'job-scheduled', ...args, to: 'SCHEDULED' }
    case 'JobStarted':
      return { kind: 'job-started', ...args, to: 'RUNNING' }
    case 'JobReturned':
      return { kind: 'job-returned', ...args, from: statusFromNumber(args.from), to: 'PENDING' }
    case 'JobEnded': {
      const status = statusFromNumber(args.status)
      return { kind: 'job-ended', ...args, status, to: status }
    }
    default:
      throw new Error(`${eventName} is no transition`)
  }
}
