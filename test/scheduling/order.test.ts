import { expect } from 'chai'
import { describe, it } from 'mocha'
import { decayed } from '../../scheduling/decay.ts'
import { emptyGrid } from '../../scheduling/grid.ts'
import { predictedSeconds, rememberRun, usageOf } from '../../scheduling/history.ts'
import { plan } from '../../scheduling/plan.ts'
import { policyNamed } from '../../scheduling/policies.ts'
import { Profile } from '../../scheduling/profile.ts'
import { hex, requestOf, TestGrid } from './fixture.ts'

const placedOf = (grid: TestGrid, policy: string) =>
  plan(grid.snapshot(), policyNamed(policy)).decisions.flatMap((one) =>
    one.kind === 'placed' ? [Number(one.job)] : [],
  )
const running = (grid: TestGrid, job: number, tasks: number, timeLimit: number) =>
  grid
    .job(job, { tasks, timeLimit })
    .assign(job, 1)
    .tell({ kind: 'job-started', id: hex(job), provider: 1, attempt: 1, startedAt: 1000 })

describe('the easy policy', () => {
  it('lets a job pass the first one if it ends before that can start', () => {
    const grid = running(new TestGrid().provider(1), 1, 2, 600)
    grid.job(2, { tasks: 4 }).job(3, { tasks: 2, timeLimit: 601 }).job(4, { tasks: 2, timeLimit: 600 })
    expect(placedOf(grid, 'easy')).to.deep.equal([4])
  })

  it('lets a job pass the first one on nodes that are left beside it', () => {
    const grid = running(new TestGrid().provider(1), 1, 2, 600)
    grid.job(2, { tasks: 3 }).job(3, { tasks: 1, timeLimit: 9999 }).job(4, { tasks: 1, timeLimit: 9999 })
    expect(placedOf(grid, 'easy')).to.deep.equal([3])
  })

  it('says when the first job starts and where the others stand', () => {
    const grid = running(new TestGrid().provider(1), 1, 2, 600).job(2, { tasks: 4 }).job(3, { tasks: 3 })
    expect(plan(grid.snapshot(), policyNamed('easy')).decisions).to.deep.equal([
      { kind: 'waiting', job: hex(2), reason: 'providers-busy', place: 1, expectedStart: 1600 },
      { kind: 'waiting', job: hex(3), reason: 'providers-busy', place: 2 },
    ])
  })
})

describe('the sjbf policy', () => {
  it('lets the shortest of those pass that do not delay the first one', () => {
    const grid = running(new TestGrid().provider(1), 1, 3, 600).job(2, { tasks: 4 })
    grid.job(3, { tasks: 1, timeLimit: 500 }).job(4, { tasks: 1, timeLimit: 300 }).job(5, { tasks: 1, timeLimit: 601 })
    grid.now += 1
    expect(placedOf(grid, 'sjbf')).to.deep.equal([4])
    expect(placedOf(grid, 'easy')).to.deep.equal([3])
  })

  it('starts what was submitted first as long as it fits, however long', () => {
    const grid = new TestGrid().provider(1).job(1, { tasks: 2, timeLimit: 9000 }).job(2, { tasks: 2, timeLimit: 8000 })
    grid.job(3, { tasks: 2, timeLimit: 10 })
    grid.now += 1
    expect(placedOf(grid, 'sjbf').toSorted()).to.deep.equal([1, 2])
  })
})

describe('a policy that reckons with the delay of its decisions', () => {
  it('sends as many jobs ahead of their nodes as the depth allows, if these are free in time', () => {
    const grid = running(new TestGrid().provider(1), 1, 3, 600).job(2, { tasks: 4 }).job(3, { tasks: 4 })
    const policy = { ...policyNamed('easy'), dispatchSeconds: 30, depth: 1 }
    const placed = () =>
      plan(grid.snapshot(), policy)
        .decisions.filter(({ kind }) => kind === 'placed')
        .map(({ job }) => Number(job))
    grid.now = 1569
    expect(placed()).to.deep.equal([])
    grid.now = 1570
    expect(placed()).to.deep.equal([2])
    grid.assign(2, 1)
    expect(placed()).to.deep.equal([])
  })
})

describe('the fcfs policy', () => {
  it('lets nothing pass a job that waits for the same provider', () => {
    const grid = running(new TestGrid().provider(1), 1, 2, 600).job(2, { tasks: 4 }).job(3, { timeLimit: 60 })
    expect(placedOf(grid, 'fcfs')).to.deep.equal([])
    expect(
      placedOf(grid.provider(2, { nodes: [{ count: 1, cpus: 1, mem: 1, gpus: 0, gpuModel: '' }] }), 'fcfs'),
    ).to.deep.equal([3])
  })
})

describe('the aged policy', () => {
  it('starts the smaller job first, until the larger has waited long enough', () => {
    const grid = new TestGrid().provider(1).job(2, { tasks: 4, timeLimit: 1200 })
    grid.now += 10
    expect(placedOf(grid.job(3, { tasks: 4, timeLimit: 600 }), 'aged')).to.deep.equal([3])
    const later = new TestGrid().provider(1).job(2, { tasks: 4, timeLimit: 1200 })
    later.now += 40_000
    expect(placedOf(later.job(3, { tasks: 4, timeLimit: 600 }), 'aged')).to.deep.equal([2])
  })

  it('goes by what a customer’s jobs ran, not by what it asks for', () => {
    const grid = new TestGrid().provider(1, { maxOpenJobs: 1 }).job(1, { timeLimit: 9000 }).assign(1, 1).end(1, 1, 20)
    grid.job(2, { customer: hex(9, 20), tasks: 3, timeLimit: 600 }).job(3, { tasks: 3, timeLimit: 9000 })
    expect(placedOf(grid, 'aged')).to.deep.equal([3])
  })

  it('puts a customer that used much behind one that used little', () => {
    const grid = new TestGrid().provider(1, { maxOpenJobs: 1 })
    grid
      .job(1, { customer: hex(9, 20), tasks: 4, timeLimit: 500_000 })
      .assign(1, 1)
      .end(1, 1, 500_000)
    grid.job(2, { customer: hex(9, 20), timeLimit: 600 }).job(3, { timeLimit: 600 })
    expect(placedOf(grid, 'aged')).to.deep.equal([3])
  })
})

describe('the mct policy', () => {
  it('gives every job at once to the cluster that would end it first', () => {
    const grid = running(new TestGrid().provider(1).provider(2), 1, 4, 600).job(2, { tasks: 4 }).job(3, { tasks: 4 })
    const decisions = plan(grid.snapshot(), policyNamed('mct')).decisions
    expect(decisions.map((one) => (one.kind === 'placed' ? [one.provider, one.reason] : []))).to.deep.equal([
      [2, 'ends-first'],
      [1, 'ends-first'],
    ])
  })
})

describe('Profile', () => {
  it('finds the earliest gap that is long enough', () => {
    const profile = new Profile(0, 4)
    profile.reserve(10, 3, 10)
    expect([profile.earliest(0, 2, 10), profile.earliest(0, 2, 11), profile.earliest(12, 1, 99)]).to.deep.equal([
      0, 20, 12,
    ])
    expect(profile.earliest(0, 5, 1)).to.equal(Number.POSITIVE_INFINITY)
  })
})

describe('predictedSeconds', () => {
  it('is the time limit of a customer without runs, then the mean of the last three most alike, never above the limit', () => {
    const state = emptyGrid()
    const request = requestOf({ timeLimit: 600, tasks: 2 })
    expect(predictedSeconds(undefined, request)).to.equal(600)
    rememberRun(state, requestOf({ timeLimit: 9000 }), 900, 0)
    expect(predictedSeconds(state.histories.get(request.customer), request)).to.equal(600)
    for (const seconds of [500, 10, 20, 30]) rememberRun(state, request, seconds, 0)
    expect(predictedSeconds(state.histories.get(request.customer), request)).to.equal(20)
  })
})

describe('usageOf', () => {
  it('counts cpu seconds and halves them in a week', () => {
    const state = emptyGrid()
    rememberRun(state, requestOf({ tasks: 2, cpusPerTask: 3 }), 100, 1000)
    const history = state.histories.get(requestOf().customer)
    expect([usageOf(history, 1000), usageOf(history, 1000 + 7 * 86_400)]).to.deep.equal([600, 300])
  })
})

describe('decayed', () => {
  it('is half after each half-life and straight between', () => {
    expect([0, 5, 10, 15, 20, 10_000].map((seconds) => decayed(8, seconds, 10))).to.deep.equal([8, 6, 4, 3, 2, 0])
  })
})
