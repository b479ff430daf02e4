import { expect } from 'chai'
import type { HDNodeWallet } from 'ethers'
import { after, before, beforeEach, describe, it } from 'mocha'
import { Endpoints } from '../../../oracle/chain/endpoints.ts'
import { Follower } from '../../../oracle/chain/follower.ts'
import { jobIdOf, termsOf } from '../../../oracle/chain/hashes.ts'
import { ChainMoved, type History, historyOf } from '../../../oracle/chain/history.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import { CREDIT, TestGrid } from '../support/testGrid.ts'
import { signedRequest } from '../support/testOracle.ts'

describe('Follower', () => {
  let grid: TestGrid
  let history: History
  let customer: HDNodeWallet
  let closeNode: () => void

  before(async function () {
    this.timeout(60_000)
    grid = await TestGrid.start()
    const node = new Endpoints([grid.node.url], grid.deployment.chainId)
    closeNode = () => node.destroy()
    history = historyOf(node, grid.deployment)
    customer = await grid.customer(1000n * CREDIT)
    await grid.joinProvider()
    await grid.mineByHand()
  })

  after(async () => {
    closeNode?.()
    await grid?.stop()
  })

  let follower: Follower

  beforeEach(async () => {
    follower = new Follower(history, { startBlock: grid.deployment.startBlock, rangeSize: 7 })
    await follower.advance()
  })

  async function submit(): Promise<Hex> {
    const request = await grid.request(customer)
    // A reorg may have given nonces back.
    grid.operator.reset()
    await grid.contracts.jobs.submit([await signedRequest(grid, customer, request)], [])
    await grid.mine()
    return jobIdOf(grid.domain, termsOf(request))
  }

  async function expectTruth(): Promise<void> {
    const fresh = new Follower(history, { startBlock: grid.deployment.startBlock })
    await fresh.advance()
    expect(follower.state).to.deep.equal(fresh.state)
    expect(follower.head).to.deep.equal(fresh.head)
  }

  it('reads providers and jobs with everything that the contracts said', async () => {
    const id = await submit()
    expect(await follower.advance()).to.include({ events: 1 })
    const job = follower.state.jobs.get(id)
    expect(job).to.include({ status: 'PENDING', budget: CREDIT, submittedAt: await grid.now() })
    expect(job && jobIdOf(grid.domain, termsOf(job.request))).to.equal(id)
    expect(job && (await grid.contracts.jobs.idOf(job.request))).to.equal(id)
    const provider = follower.state.providers.get(1)
    expect(provider).to.include({ status: 'APPROVED', stake: 2_000n * CREDIT })
    expect(provider?.offer?.nodes).to.deep.equal([{ count: 4, cpus: 64, mem: 65_536, gpus: 0, gpuModel: '' }])
  })

  it('does nothing where there is no new block', async () => {
    expect(await follower.advance()).to.include({ events: 0 })
    await expectTruth()
  })

  for (const depth of [1, 3, 6]) {
    it(`forgets what a reorg of depth ${depth} undid, and goes on`, async () => {
      const lasting = await submit()
      await grid.mine(7)
      await follower.advance()
      const undone = await submit()
      await grid.mine(depth - 1)
      await follower.advance()
      expect(follower.state.jobs.has(undone)).to.equal(true)
      await grid.chain.send('anvil_reorg', [depth, []])
      const { rolledBackTo } = await follower.advance()
      expect(rolledBackTo).to.be.a('number')
      expect(follower.state.jobs.has(undone)).to.equal(false)
      expect(follower.state.jobs.has(lasting)).to.equal(true)
      await expectTruth()
      const next = await submit()
      await follower.advance()
      expect(follower.state.jobs.has(next)).to.equal(true)
      await expectTruth()
    })
  }

  it('notices a reorg that happened while it was not looking and that is followed by longer history', async () => {
    const undone = await submit()
    await follower.advance()
    await grid.chain.send('anvil_reorg', [2, []])
    const next = await submit()
    await grid.mine(5)
    await follower.advance()
    expect(follower.state.jobs.has(undone)).to.equal(false)
    expect(follower.state.jobs.has(next)).to.equal(true)
    await expectTruth()
  })

  it('reads everything again after a reorg that is deeper than what it remembers', async () => {
    follower = new Follower(history, { startBlock: grid.deployment.startBlock, reorgDepth: 2 })
    await follower.advance()
    const undone = await submit()
    for (let block = 0; block < 5; block += 1) {
      await grid.mine()
      await follower.advance()
    }
    await grid.chain.send('anvil_reorg', [8, []])
    expect((await follower.advance()).rolledBackTo).to.equal(grid.deployment.startBlock - 1)
    expect(follower.state.jobs.has(undone)).to.equal(false)
    await expectTruth()
  })

  it('goes on from a checkpoint that is part of the chain, and reads everything where it is not', async () => {
    const options = { startBlock: grid.deployment.startBlock, reorgDepth: 3 }
    const first = new Follower(history, options)
    const lasting = await submit()
    await grid.mine(4)
    await first.advance()
    await submit()
    await grid.mine(4)
    await first.advance()
    const checkpoint = structuredClone(first.checkpoint)
    if (checkpoint === undefined) throw new Error('what is deep enough is settled')
    expect(checkpoint.state.jobs.has(lasting)).to.equal(true)
    follower = new Follower(history, options)
    follower.restore(structuredClone(checkpoint))
    const { events } = await follower.advance()
    expect(events).to.be.lessThan(first.state.submissions)
    await expectTruth()
    follower = new Follower(history, options)
    follower.restore({ ...checkpoint, hash: `0x${'ab'.repeat(32)}` })
    await follower.advance()
    await expectTruth()
  })

  it('asks for fewer blocks where the node refuses many, and for more again where it does not', async () => {
    const asked: number[] = []
    let most = 3
    const strict: History = {
      ...history,
      events: async (from, to) => {
        asked.push(to - from + 1)
        if (to - from + 1 > most) throw new Error('query returned more than 10000 results')
        return history.events(from, to)
      },
    }
    follower = new Follower(strict, { startBlock: grid.deployment.startBlock, rangeSize: 16 })
    for (let failed = true; failed; ) {
      failed = await follower.advance().then(
        () => false,
        () => true,
      )
    }
    expect(asked.slice(0, 4)).to.deep.equal([16, 8, 4, 2])
    await expectTruth()
    most = 100
    await grid.mine(30)
    await follower.advance()
    await grid.mine(30)
    await follower.advance()
    expect(Math.max(...asked.slice(-3))).to.be.greaterThan(16)
    await expectTruth()
  })

  it('counts an event once that the node tells twice and out of order', async () => {
    const doubled = new Endpoints([grid.node.url], grid.deployment.chainId)
    const send = doubled.send.bind(doubled)
    doubled.send = async (method, params) => {
      const answer = await send(method, params)
      return method === 'eth_getLogs' ? [...answer, ...answer].reverse() : answer
    }
    follower = new Follower(historyOf(doubled, grid.deployment), { startBlock: grid.deployment.startBlock })
    await submit()
    await follower.advance()
    await expectTruth()
    doubled.destroy()
  })

  it('takes a node that is behind for what it is, and undoes nothing', async () => {
    const id = await submit()
    await follower.advance()
    const behind = (await history.head()).number - 3
    const lagging: History = {
      ...history,
      head: async () => (await history.block(behind)) ?? history.head(),
      block: async (number) => (number > behind ? undefined : history.block(number)),
    }
    const other = new Follower(switchable(history, lagging), { startBlock: grid.deployment.startBlock })
    await other.advance()
    const { head, rolledBackTo } = await other.advance()
    expect(rolledBackTo).to.equal(undefined)
    expect(head.number).to.equal(behind + 3)
    expect(other.state.jobs.has(id)).to.equal(true)
  })

  it('lets nothing count that was read while the chain moved', async () => {
    const id = await submit()
    const moving: History = {
      ...history,
      events: async (from, to) => {
        const events = await history.events(from, to)
        await grid.chain.send('anvil_reorg', [1, []])
        return events
      },
    }
    const other = new Follower(moving, { startBlock: grid.deployment.startBlock })
    const error: unknown = await other.advance().catch((cause: unknown) => cause)
    expect(error).to.be.instanceOf(ChainMoved)
    expect(other.state.jobs.has(id)).to.equal(false)
  })
})

/** The first history for the first call of head, the second from then on. */
function switchable(first: History, second: History): History {
  let heads = 0
  const current = () => (heads > 1 ? second : first)
  return {
    head: () => {
      heads += 1
      return current().head()
    },
    block: (number) => current().block(number),
    events: (from, to) => current().events(from, to),
  }
}
