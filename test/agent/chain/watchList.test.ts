import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { WatchList } from '../../../agent/chain/watchList.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import { ID, request } from '../support/facts.ts'
import { temporaryDirectory } from '../support/localExecution.ts'

const OTHER: Hex = `0x${'cd'.repeat(32)}`

describe('watchList', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  let list: WatchList
  beforeEach(() => {
    directory = temporaryDirectory()
    list = new WatchList(directory.path)
  })
  afterEach(() => directory[Symbol.dispose]())

  it('remembers jobs, requests and blocks over a restart', () => {
    list.watch(ID, 5)
    list.learn(ID, request())
    list.advance({ block: 9, hash: '0x9' })
    list.save()
    const later = new WatchList(directory.path)
    expect(later.open()).to.deep.equal([{ id: ID, assignedAt: 5, request: request() }])
    expect(later.requestOf(ID)?.budget).to.equal(600n)
    expect(later.checkpoints()).to.deep.equal([{ block: 9, hash: '0x9' }])
  })

  it('opens a settled job for a new assignment', () => {
    list.watch(ID, 5)
    list.settle(ID, 6)
    expect(list.open()).to.deep.equal([])
    list.watch(ID, 7)
    expect(list.open()).to.deep.equal([{ id: ID, assignedAt: 7 }])
  })

  it('opens again what was settled in blocks that are gone', () => {
    for (const id of [ID, OTHER]) list.watch(id, 1)
    list.settle(ID, 5)
    list.settle(OTHER, 8)
    list.advance({ block: 5, hash: '0x5' })
    list.advance({ block: 8, hash: '0x8' })
    list.rollBackTo({ block: 5, hash: '0x5' })
    expect(list.open().map(({ id }) => id)).to.deep.equal([OTHER])
    expect(list.lastBlock()).to.equal(5)
  })

  it('opens everything again where no known block is left', () => {
    list.watch(ID, 1)
    list.settle(ID, 5)
    list.advance({ block: 5, hash: '0x5' })
    list.rollBackTo(undefined)
    expect(list.open().map(({ id }) => id)).to.deep.equal([ID])
    expect(list.checkpoints()).to.deep.equal([])
  })

  it('names what was settled before a block', () => {
    for (const id of [ID, OTHER]) list.watch(id, 1)
    list.settle(ID, 5)
    list.settle(OTHER, 8)
    expect(list.settledBefore(8).map(({ id }) => id)).to.deep.equal([ID])
    list.forget(ID)
    expect(list.settledBefore(9).map(({ id }) => id)).to.deep.equal([OTHER])
  })
})
