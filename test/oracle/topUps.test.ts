import { expect } from 'chai'
import { describe, it } from 'mocha'
import { topUpsDue } from '../../oracle/topUps.ts'
import { emptyGrid, type GridJob } from '../../scheduling/grid.ts'

const CREDIT = 10n ** 18n

describe('topUpsDue', () => {
  const request = { timeLimit: 600, budget: 10n * CREDIT, topUpLimit: 25n * CREDIT }
  const running = { status: 'RUNNING', since: 1000, budget: 10n * CREDIT, rate: CREDIT, cancelRequested: false }

  function due(now: number, changes: Partial<GridJob> = {}): readonly bigint[] {
    const state = emptyGrid()
    state.jobs.set('0x01', { id: '0x01', request, ...running, ...changes } as GridJob)
    return topUpsDue(state, now).map(({ total }) => total)
  }

  it('gives ten minutes more shortly before the allowed time ends', () => {
    expect(due(1419)).to.deep.equal([])
    expect(due(1420)).to.deep.equal([20n * CREDIT])
    expect(due(1599)).to.deep.equal([20n * CREDIT])
  })

  it('counts what was given before', () => {
    expect(due(1420, { budget: 20n * CREDIT })).to.deep.equal([])
    expect(due(2020, { budget: 20n * CREDIT })).to.deep.equal([30n * CREDIT])
  })

  it('goes up to the limit that the customer set, and not beyond', () => {
    expect(due(2620, { budget: 30n * CREDIT })).to.deep.equal([35n * CREDIT])
    expect(due(2900, { budget: 35n * CREDIT })).to.deep.equal([])
  })

  it('gives nothing to a job that has ended its time, is to be cancelled, or does not run', () => {
    expect(due(1600)).to.deep.equal([])
    expect(due(1500, { cancelRequested: true })).to.deep.equal([])
    expect(due(1500, { status: 'SCHEDULED' })).to.deep.equal([])
  })
})
