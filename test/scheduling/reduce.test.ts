import { expect } from 'chai'
import { describe, it } from 'mocha'
import { reliability } from '../../scheduling/record.ts'
import { CREDIT, hex, TestGrid } from './fixture.ts'

describe('reduce', () => {
  it('follows a job from its submission to its settlement', () => {
    const grid = new TestGrid().provider(1).job(7, { tasks: 2 })
    const job = () => grid.state.jobs.get(hex(7))
    expect(job()).to.include({ status: 'PENDING', attempt: 0, provider: 0, submittedAt: 1000 })
    grid.now = 1100
    grid.assign(7, 1)
    expect(job()).to.include({ status: 'META_SCHEDULED', attempt: 1, provider: 1, since: 1100, rate: CREDIT })
    expect(grid.state.providers.get(1)?.openJobs).to.equal(1)
    grid.tell({ kind: 'job-scheduled', id: hex(7), provider: 1, attempt: 1 })
    expect(job()?.status).to.equal('SCHEDULED')
    grid.tell({ kind: 'job-started', id: hex(7), provider: 1, attempt: 1, startedAt: 1050 })
    expect(job()).to.include({ status: 'RUNNING', since: 1050 })
    grid.end(7, 1)
    expect(job()).to.equal(undefined)
    expect(grid.state.providers.get(1)?.openJobs).to.equal(0)
    expect(grid.state.providers.get(1)?.record.ended).to.equal(1)
  })

  it('puts a refused job back into the queue and remembers who refused it', () => {
    const grid = new TestGrid().provider(1).job(7).assign(7, 1).giveBack(7, 1)
    expect(grid.state.jobs.get(hex(7))).to.deep.include({ status: 'PENDING', provider: 0, attempt: 1, failedBy: [1] })
    expect(grid.state.providers.get(1)).to.include({ openJobs: 0 })
    expect(grid.state.providers.get(1)?.record.refused).to.equal(1)
  })

  it('lets what a provider broke fade with time', () => {
    const grid = new TestGrid().provider(1).job(7).assign(7, 1).giveBack(7, 1)
    const record = grid.state.providers.get(1)?.record
    if (record === undefined) throw new Error('no record')
    expect(reliability(record)).to.equal(2 / 2.5)
    grid.now += 30 * 86_400
    grid.assign(7, 1, 2).end(7, 1)
    expect(record).to.include({ ended: 1, refused: 0.5 })
  })

  it('keeps the locked budget, the cancel request and a changed offer', () => {
    const grid = new TestGrid().provider(1).job(7)
    grid.tell({ kind: 'job-topped-up', id: hex(7), provider: 0, budget: 9n })
    grid.tell({ kind: 'cancel-requested', id: hex(7), customer: hex(0xc1, 20), provider: 0 })
    expect(grid.state.jobs.get(hex(7))).to.include({ budget: 9n, cancelRequested: true })
    grid.tell({ kind: 'draining-set', provider: 1, draining: true })
    grid.tell({ kind: 'provider-banned', provider: 1, reason: 'absent' })
    expect(grid.state.providers.get(1)).to.include({ draining: true, status: 'BANNED' })
  })

  it('takes stake that left after its delay out of what is unbonding, and no other change', () => {
    const grid = new TestGrid().provider(1)
    grid.tell({ kind: 'unbonding-started', provider: 1, amount: 400n * CREDIT, unbondsAt: 5000 })
    grid.tell({ kind: 'stake-changed', provider: 1, stake: 900n * CREDIT })
    expect(grid.state.providers.get(1)).to.include({ stake: 900n * CREDIT, unbonding: 400n * CREDIT })
    grid.now = 5000
    grid.tell({ kind: 'stake-changed', provider: 1, stake: 500n * CREDIT })
    expect(grid.state.providers.get(1)).to.include({ stake: 500n * CREDIT, unbonding: 0n })
  })

  it('ignores events about jobs and providers that it does not know', () => {
    const grid = new TestGrid().assign(7, 1).end(7, 1).tell({ kind: 'provider-approved', provider: 3 })
    expect(grid.state.jobs.size + grid.state.providers.size).to.equal(0)
  })

  it('can be undone by a checkpoint', () => {
    const grid = new TestGrid().provider(1).job(7)
    const before = structuredClone(grid.state)
    grid.assign(7, 1)
    expect(before.jobs.get(hex(7))?.status).to.equal('PENDING')
  })
})
