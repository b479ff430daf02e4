import { encodeEventTopics } from 'viem'
import { jobsAbi } from '../abi/jobs.ts'
import { decodeJobsLog } from '../decodeEvents.ts'
import type { GridClient } from '../gridClient.ts'
import { readLogs } from '../logs.ts'
import type { TimedSource } from './auditor.ts'
import { inTurns } from './inTurns.ts'

/** Every batch's source, with the time of the block that it looks at. */
export async function readSources(grid: GridClient, to: bigint): Promise<readonly TimedSource[]> {
  const filter = { address: grid.deployment.jobs, topics: encodeEventTopics({ abi: jobsAbi, eventName: 'Planned' }) }
  const sources = new Map<string, Omit<TimedSource, 'now'>>()
  for await (const logs of readLogs(grid, filter, BigInt(grid.deployment.startBlock), to)) {
    for (const log of logs) {
      const event = decodeJobsLog(log)
      if (event?.eventName !== 'Planned') continue
      const source = { ...event.args, snapshotBlock: Number(event.args.snapshotBlock) }
      sources.set(Object.values(source).join(' '), source)
    }
  }
  const blocks = [...new Set([...sources.values()].map(({ snapshotBlock }) => snapshotBlock))].filter(
    (block) => block <= to,
  )
  const times = await inTurns(blocks, async (block) => {
    const { timestamp } = await grid.publicClient.getBlock({ blockNumber: BigInt(block) })
    return [block, Number(timestamp)] as const
  })
  const timeOf = new Map(times)
  return [...sources.values()].flatMap((source) => {
    const now = timeOf.get(source.snapshotBlock)
    return now === undefined ? [] : [{ ...source, now }]
  })
}
