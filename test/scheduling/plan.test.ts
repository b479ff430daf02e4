import { expect } from 'chai'
import { describe, it } from 'mocha'
import { explain } from '../../scheduling/explain.ts'
import { plan } from '../../scheduling/plan.ts'
import { PolicyUnknown, policyNamed } from '../../scheduling/policies.ts'
import { REFUSAL_REASONS, type RefusalReason } from '../../scheduling/reasons.ts'
import type { SnapshotTerms } from '../../scheduling/snapshot.ts'
import { CREDIT, hex, offerOf, TestGrid } from './fixture.ts'

const fcfs = policyNamed('fcfs')
// In the order of their ids.
const decisionsOf = (grid: TestGrid, terms: Partial<SnapshotTerms> = {}) =>
  [...plan(grid.snapshot(terms), fcfs).decisions].sort((left, right) => (left.job < right.job ? -1 : 1))

describe('plan', () => {
  it('gives a job to the cheapest provider that can start it', () => {
    const dear = { prices: { cpuPerMinute: 2n * CREDIT, memPerMinute: 0n, gpuPerMinute: 0n } }
    const grid = new TestGrid().provider(1, dear).provider(2).job(7, { tasks: 2 })
    expect(decisionsOf(grid)).to.deep.equal([
      { kind: 'placed', job: hex(7), provider: 2, rate: 2n * CREDIT, reason: 'cheapest' },
    ])
  })

  it('gives a job to the provider that its request names', () => {
    const grid = new TestGrid().provider(1).provider(2).job(7, { provider: 2 })
    expect(decisionsOf(grid)[0]).to.include({ kind: 'placed', provider: 2, reason: 'named-by-request' })
  })

  it('counts what assigned jobs occupy', () => {
    const grid = new TestGrid().provider(1).job(7, { tasks: 3 }).assign(7, 1).job(8, { tasks: 2 }).job(9)
    expect(decisionsOf(grid).map((decision) => decision.reason)).to.deep.equal([
      'providers-busy',
      'behind-earlier-jobs',
    ])
  })

  it('fits tasks on nodes, not in the sum', () => {
    const nodes = [{ count: 3, cpus: 4, mem: 4096, gpus: 1, gpuModel: '' }]
    const grid = new TestGrid()
      .provider(1, { nodes })
      .job(7, { tasks: 4, cpusPerTask: 3 })
      .job(8, { tasks: 2, gpus: 4 })
    grid.job(9, { tasks: 3, cpusPerTask: 3, gpus: 3 })
    expect(decisionsOf(grid).map((decision) => decision.reason)).to.deep.equal([
      'no-provider-able',
      'no-provider-able',
      'only-one-able',
    ])
  })

  for (const [reason, prepare, terms] of [
    [
      'cancel-requested',
      (grid: TestGrid) => grid.tell({ kind: 'cancel-requested', id: hex(7), customer: hex(1), provider: 0 }),
      {},
    ],
    ['start-by-passed', (grid: TestGrid) => Object.assign(grid, { now: 2_000_000_000 }), {}],
    ['definition-missing', (grid: TestGrid) => grid, { definitionsHeld: new Set([hex(2)]) }],
  ] as const) {
    it(`lets a job wait because of ${reason}`, () => {
      const grid = prepare(new TestGrid().provider(1).job(7)) as TestGrid
      expect(decisionsOf(grid, terms)).to.deep.equal([{ kind: 'waiting', job: hex(7), reason }])
    })
  }

  it('lets a job wait whose attempts are used up, or whose affinity cannot be read', () => {
    const used = new TestGrid().provider(1).job(7, { maxAttempts: 1 }).assign(7, 1).giveBack(7, 1)
    expect(decisionsOf(used)[0]?.reason).to.equal('attempts-used-up')
    const unread = new TestGrid().provider(1).job(7, { affinity: 'arch~1' })
    expect(decisionsOf(unread)[0]?.reason).to.equal('affinity-unreadable')
  })

  it('lets a returned job start within the requeue window though its time to start has passed', () => {
    const grid = new TestGrid().provider(1).provider(2).job(7, { startBy: 1500 }).assign(7, 1)
    grid.now = 1600
    grid.giveBack(7, 1)
    grid.now = 1700
    expect(decisionsOf(grid, { requeueWindow: 100 })[0]).to.include({ kind: 'placed', provider: 2 })
    expect(decisionsOf(grid, { requeueWindow: 99 })[0]?.reason).to.equal('start-by-passed')
  })

  it('gives a provider no more jobs than its own limit and its stake allow', () => {
    const limited = new TestGrid().provider(1, { maxOpenJobs: 2 }).job(7).assign(7, 1).job(8).job(9)
    expect(decisionsOf(limited).map((decision) => decision.kind)).to.deep.equal(['placed', 'waiting'])
    const poor = new TestGrid()
      .provider(1, {}, 3n * CREDIT)
      .job(7)
      .assign(7, 1)
      .job(8)
      .job(9)
    expect(decisionsOf(poor, { penalty: (3n * CREDIT) / 2n }).map((decision) => decision.kind)).to.deep.equal([
      'placed',
      'waiting',
    ])
  })
})

describe('explain', () => {
  const refusals: readonly (readonly [RefusalReason, (grid: TestGrid) => TestGrid])[] = [
    ['not-named-by-request', (grid) => grid.provider(1).provider(2).job(7, { provider: 2 })],
    ['not-approved', (grid) => grid.provider(1).tell({ kind: 'provider-banned', provider: 1, reason: '' }).job(7)],
    ['draining', (grid) => grid.provider(1).tell({ kind: 'draining-set', provider: 1, draining: true }).job(7)],
    ['stake-below-minimum', (grid) => grid.provider(1, {}, CREDIT - 1n).job(7)],
    ['stake-all-reserved', (grid) => grid.provider(1, {}, CREDIT).job(8).assign(8, 1).job(7)],
    ['open-jobs-at-limit', (grid) => grid.provider(1, { maxOpenJobs: 1 }).job(8).assign(8, 1).job(7)],
    ['failed-this-job', (grid) => grid.provider(1).job(7).assign(7, 1).giveBack(7, 1)],
    ['affinity-not-met', (grid) => grid.provider(1).job(7, { affinity: 'arch=arm64' })],
    ['nodes-too-small', (grid) => grid.provider(1).job(7, { cpusPerTask: 5 })],
    ['rate-out-of-range', (grid) => grid.provider(1, { prices: { ...offerOf().prices, cpuPerMinute: 0n } }).job(7)],
    ['budget-too-low', (grid) => grid.provider(1).job(7, { budget: 10n * CREDIT - 1n, timeLimit: 600 })],
    ['nodes-busy', (grid) => grid.provider(1).job(8, { tasks: 4 }).assign(8, 1).job(7)],
  ]
  for (const [reason, prepare] of refusals) {
    it(`says that a provider refuses because of ${reason}`, () => {
      const explanation = explain(prepare(new TestGrid()).snapshot(), hex(7))
      expect(explanation?.refusals).to.deep.include({ provider: 1, reason, sentence: REFUSAL_REASONS[reason] })
    })
  }

  it('says that free nodes are kept for a job ahead, and when the job starts', () => {
    const grid = new TestGrid().provider(1).job(8, { tasks: 2, timeLimit: 600 }).assign(8, 1)
    grid.tell({ kind: 'job-started', id: hex(8), provider: 1, attempt: 1, startedAt: 1000 })
    grid.job(9, { tasks: 4, timeLimit: 600 }).job(7, { tasks: 2, timeLimit: 9000 })
    const explanation = explain(grid.snapshot(), hex(7), policyNamed('easy'))
    expect(explanation?.decision).to.deep.equal({
      kind: 'waiting',
      job: hex(7),
      reason: 'behind-earlier-jobs',
      place: 2,
    })
    expect(explanation?.refusals.map(({ reason }) => reason)).to.deep.equal(['nodes-reserved'])
    expect(explanation?.expectedStart).to.equal(2200)
  })

  it('says that a provider without an offer has none', () => {
    const grid = new TestGrid().provider(1).job(7)
    const provider = grid.state.providers.get(1)
    if (provider !== undefined) provider.offer = undefined
    expect(explain(grid.snapshot(), hex(7))?.refusals[0]?.reason).to.equal('no-offer')
  })

  it('knows nothing of a job that does not wait', () => {
    const grid = new TestGrid().provider(1).job(7).assign(7, 1)
    expect(explain(grid.snapshot(), hex(7))).to.equal(undefined)
  })
})

describe('policyNamed', () => {
  it('names the policies there are when asked for another', () => {
    expect(() => policyNamed('best')).to.throw(PolicyUnknown, 'no policy is called "best"; choose one of fcfs')
  })
})
