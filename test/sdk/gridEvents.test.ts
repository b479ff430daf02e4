import { expect } from 'chai'
import { describe, it } from 'mocha'
import { Endpoints } from '../../oracle/chain/endpoints.ts'
import { historyOf } from '../../oracle/chain/history.ts'
import { cancelJob } from '../../sdk/actions/cancelJob.ts'
import { depositWithPermit } from '../../sdk/actions/depositWithPermit.ts'
import { topUpJob } from '../../sdk/actions/topUpJob.ts'
import type { GridEvent } from '../../sdk/domain/events.ts'
import type { GridClient } from '../../sdk/gridClient.ts'
import { readGridEvents } from '../../sdk/gridEvents.ts'
import { readLogs } from '../../sdk/logs.ts'
import { submitted } from './jobs.ts'
import { CREDIT, type LocalGrid, localGrid } from './localGrid.ts'

async function story(grid: LocalGrid): Promise<GridClient> {
  const provider = await grid.provider()
  const customer = await grid.funded(100n * CREDIT)
  const ran = await submitted(customer)
  await grid.assign(ran.request, provider)
  const startedAt = Number((await customer.publicClient.getBlock()).timestamp)
  await grid.report(ran.request, provider, { status: 'RUNNING', startedAt })
  await grid.report(ran.request, provider, { status: 'FAILED', startedAt, exitCode: 3 })
  const cancelled = await submitted(customer)
  await depositWithPermit(customer, CREDIT)
  await topUpJob(customer, cancelled.id, 12n * CREDIT)
  await cancelJob(customer, cancelled.id)
  return customer
}

async function allEvents(grid: GridClient, to: bigint): Promise<readonly GridEvent[]> {
  const events: GridEvent[] = []
  for await (const some of readGridEvents(grid, BigInt(grid.deployment.startBlock), to)) events.push(...some)
  return events
}

describe('readGridEvents', () => {
  it('tells what the oracle’s reader of the chain tells, event for event', async () => {
    const grid = await localGrid()
    const customer = await story(grid)
    const head = await customer.publicClient.getBlockNumber({ cacheTime: 0 })
    const node = new Endpoints([grid.rpcUrl], grid.deployment.chainId)
    try {
      const expected = await historyOf(node, grid.deployment).events(grid.deployment.startBlock, Number(head))
      const events = await allEvents(customer, head)
      expect(new Set(events.map(({ kind }) => kind))).to.include.keys('job-submitted', 'job-ended', 'offer-set')
      expect(events).to.deep.equal(expected)
    } finally {
      node.destroy()
    }
  })
})

describe('readLogs', () => {
  it('asks for fewer blocks where the node refuses, and leaves none out', async () => {
    const grid = await localGrid()
    const customer = await story(grid)
    const head = await customer.publicClient.getBlockNumber({ cacheTime: 0 })
    const refusing = refusingAbove(customer, 3n)
    expect(await allEvents(refusing, head)).to.deep.equal(await allEvents(customer, head))
  })

  it('throws what the node says of a single block', async () => {
    const customer = await story(await localGrid())
    const logs = readLogs(refusingAbove(customer, 0n), { address: customer.deployment.jobs }, 0n, 10n)
    const failed = await logs.next().catch((error: unknown) => String(error))
    expect(failed).to.contain('too many blocks')
  })
})

/** A client whose node answers for so many blocks at once, and no more. */
function refusingAbove(grid: GridClient, most: bigint): GridClient {
  const { publicClient } = grid
  const request = async (call: { method: string; params: [{ fromBlock: string; toBlock: string }] }) => {
    if (call.method === 'eth_getLogs') {
      const [{ fromBlock, toBlock }] = call.params
      if (BigInt(toBlock) - BigInt(fromBlock) + 1n > most) throw new Error('too many blocks')
    }
    return publicClient.request(call as never)
  }
  return { ...grid, publicClient: { ...publicClient, request } as unknown as GridClient['publicClient'] }
}
