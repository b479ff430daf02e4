import { expect } from 'chai'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { findRequest, RequestMissing } from '../../../agent/chain/findRequest.ts'
import { type Grid, openGrid } from '../../../agent/chain/grid.ts'
import { BlockReplaced, ChainBehind, observeChain } from '../../../agent/chain/observeChain.ts'
import { WatchList } from '../../../agent/chain/watchList.ts'
import { type AnvilGrid, anvilGrid, RATE } from '../support/anvilGrid.ts'
import { ID } from '../support/facts.ts'
import { temporaryDirectory } from '../support/localExecution.ts'

describe('observeChain', function () {
  this.timeout(30_000)
  let chain: AnvilGrid
  let grid: Grid
  let directory: ReturnType<typeof temporaryDirectory>
  let watchList: WatchList

  before(async () => {
    chain = await anvilGrid()
    grid = openGrid(chain.url, chain.deployment)
  })
  after(async () => {
    grid.rpc.destroy()
    await chain[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    directory = temporaryDirectory()
    watchList = new WatchList(directory.path)
  })
  afterEach(() => directory[Symbol.dispose]())

  const refusalOf = (observed: Promise<unknown>): Promise<unknown> =>
    observed.then(
      () => undefined,
      (error: unknown) => error,
    )

  it('sees the jobs of the provider with their requests, and no others', async () => {
    const { id, request } = await chain.place(ID)
    const mine = await observeChain(grid, 1, 1, watchList)
    expect(mine.jobs.get(id)).to.have.nested.property('request.budget', request.budget)
    expect(mine.jobs.get(id)).to.deep.include({ request })
    expect(mine.jobs.get(id)).to.have.nested.property('job.rate', RATE)
    using elsewhere = temporaryDirectory()
    const others = await observeChain(grid, 2, 1, new WatchList(elsewhere.path))
    expect([...others.jobs.keys()]).not.to.contain(id)
  })

  it('sees an assignment only when it is as deep as asked', async () => {
    const { id } = await chain.place(ID)
    expect([...(await observeChain(grid, 1, 3, watchList)).jobs.keys()]).not.to.contain(id)
    await chain.rpc.send('anvil_mine', ['0x2'])
    expect([...(await observeChain(grid, 1, 3, watchList)).jobs.keys()]).to.contain(id)
  })

  it('follows a reorg, and calls a job absent that went with it', async () => {
    const before = await chain.rpc.getBlockNumber()
    const { id } = await chain.place(ID)
    await observeChain(grid, 1, 1, watchList)
    await chain.rpc.send('anvil_reorg', [(await chain.rpc.getBlockNumber()) - before, []])
    expect((await observeChain(grid, 1, 1, watchList)).jobs.get(id)).to.equal('absent')
  })

  it('concludes nothing from an endpoint that lags', async () => {
    watchList.advance({ block: 1_000_000, hash: '0x' })
    const error = await refusalOf(observeChain(grid, 1, 1, watchList))
    expect(error).to.be.instanceOf(ChainBehind)
    expect(error).to.include({ code: 'CHAIN_BEHIND', seen: 1_000_000 })
  })

  it('concludes nothing from a block that was replaced while it was read', async () => {
    const getBlock = async (tag: number): Promise<unknown> => {
      const block = await grid.rpc.getBlock(tag)
      await chain.rpc.send('anvil_reorg', [1, []])
      return block
    }
    const rpc = new Proxy(grid.rpc, {
      get(target, key) {
        if (key === 'getBlock') return getBlock
        const value: unknown = Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const error = await refusalOf(observeChain({ ...grid, rpc }, 1, 1, watchList))
    expect(error).to.be.instanceOf(BlockReplaced)
    expect(error).to.include({ code: 'BLOCK_REPLACED' })
  })

  it('takes no request whose hash is not the id of the job', async () => {
    const error = await refusalOf(findRequest(grid, ID, await chain.rpc.getBlockNumber()))
    expect(error).to.be.instanceOf(RequestMissing)
    expect(error).to.include({ code: 'REQUEST_MISSING', id: ID })
  })
})
