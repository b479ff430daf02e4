import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { createTestClient, http } from 'viem'
import { findJob } from '../../../gateway/index/queries/jobs.ts'
import { reading } from '../../../gateway/index/queries/reading.ts'
import { tallyAt } from '../../../gateway/index/queries/totals.ts'
import { openFollower } from '../../../gateway/index/startIndex.ts'
import { GRID_SCOPE } from '../../../gateway/index/tallyRow.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import type { GridClient } from '../../../sdk/index.ts'
import { submitted } from '../../sdk/jobs.ts'
import { CREDIT, type LocalGrid, localGrid } from '../../sdk/localGrid.ts'
import { dump, files, type Index, type Places } from './support/indexes.ts'

type Opened = Awaited<ReturnType<typeof openFollower>>

describe('the index of a real chain', () => {
  let places: Places
  let grid: LocalGrid
  let customer: GridClient
  let opened: Opened
  before(async function () {
    places = await files(this)
    grid = await localGrid()
    customer = await grid.funded(1000n * CREDIT)
    opened = await openFollower(customer, await places.fresh())
  })
  after(async () => {
    await opened?.index.destroy()
    await places?.close()
  })

  const reorg = (depth: number) =>
    createTestClient({ mode: 'anvil', transport: http(grid.rpcUrl) }).request({
      method: 'anvil_reorg',
      params: [depth, []],
    } as never)
  const found = (id: Hex) => reading(opened.index, async (read) => (await findJob(read, id)).kind)
  const submissions = (index: Index) =>
    reading(index, async (read, { block }) => (await tallyAt(read, GRID_SCOPE, block)).submitted)

  it('forgets a job that a reorg takes back, and equals an index that is built anew', async () => {
    const kept = await submitted(customer)
    await grid.pass(1)
    await opened.follower.advance()
    const before = await submissions(opened.index)
    const lost = await submitted(customer)
    await opened.follower.advance()
    expect([await found(kept.id), await found(lost.id)]).to.deep.equal(['found', 'found'])
    await reorg(1)
    const { rolledBackTo } = await opened.follower.advance()
    expect(rolledBackTo).to.be.a('number')
    expect([await found(kept.id), await found(lost.id)]).to.deep.equal(['found', 'unknown'])
    expect(await submissions(opened.index)).to.equal(before)
    const anew = await openFollower(customer, await places.fresh())
    await anew.follower.advance()
    expect(await dump(opened.index)).to.deep.equal(await dump(anew.index))
    await anew.index.destroy()
  })

  it('refuses to open a file that another index has open, and says what to do', async () => {
    const place = await places.fresh()
    const first = await openFollower(customer, place)
    const second = await openFollower(customer, place).catch((error: unknown) => error)
    expect(second).to.have.property('code', 'INDEX_UNUSABLE')
    await first.index.destroy()
  })
})
