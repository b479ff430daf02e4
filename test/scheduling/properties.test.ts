import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { replay } from '../../bench/tracesReplay.ts'
import { plan } from '../../scheduling/plan.ts'
import { plannerOf } from '../../scheduling/plannerOf.ts'
import { POLICY_NAMES, policyNamed } from '../../scheduling/policies.ts'
import { PLACED_REASONS, WAITING_REASONS } from '../../scheduling/reasons.ts'
import { shadowOf } from '../../scheduling/shadow.ts'
import { ratePerMinute } from '../../sdk/domain/settlement.ts'
import { anyGrid, poolJobs } from './arbitrary.ts'

const anyPolicy = fc.constantFrom(...POLICY_NAMES).map(policyNamed)

describe('a plan of any grid', () => {
  it('never uses more of a node than it has', () => {
    fc.assert(
      fc.property(anyGrid, fc.constantFrom('fcfs', 'easy', 'aged'), (grid, name) => {
        const { planner } = plannerOf(grid.snapshot(), policyNamed(name))
        planner.tick(grid.now)
        for (const cluster of planner.market.clusters) {
          // Those that were sent there before, without asking, may wait for the nodes of others.
          const there = cluster.runs.live().filter(({ freeFrom }) => freeFrom === 0)
          for (const { demand, shares } of there) cluster.idle.hold(demand, shares)
          for (let node = 0; node < cluster.idle.count; node += 1) {
            const left = [cluster.idle.cpusAt(node), cluster.idle.memAt(node), cluster.idle.gpusAt(node)]
            expect(Math.min(...left)).to.be.at.least(0)
          }
        }
      }),
    )
  })

  it('decides about every waiting job once, for a reason that has a sentence', () => {
    fc.assert(
      fc.property(anyGrid, anyPolicy, (grid, policy) => {
        const { decisions } = plan(grid.snapshot(), policy)
        const waiting = [...grid.state.jobs.values()].filter(({ status }) => status === 'PENDING').map(({ id }) => id)
        expect(decisions.map(({ job }) => job).sort()).to.deep.equal(waiting.sort())
        for (const { kind, reason } of decisions) {
          expect(kind === 'placed' ? PLACED_REASONS : WAITING_REASONS).to.have.property(reason)
        }
      }),
    )
  })

  it('gives the same plan whatever the order of its input', () => {
    const shuffled = anyGrid.chain((grid) => {
      const { providers, jobs } = grid.snapshot()
      const order = {
        providers: fc.shuffledSubarray([...providers], full(providers)),
        jobs: fc.shuffledSubarray([...jobs], full(jobs)),
      }
      return fc.record({ grid: fc.constant(grid), ...order })
    })
    fc.assert(
      fc.property(shuffled, anyPolicy, ({ grid, providers, jobs }, policy) => {
        const snapshot = grid.snapshot()
        expect(plan({ ...snapshot, providers, jobs }, policy)).to.deep.equal(plan(snapshot, policy))
      }),
    )
  })

  it('places a job at the price of its provider, within its budget, and where it may go', () => {
    fc.assert(
      fc.property(anyGrid, anyPolicy, (grid, policy) => {
        const opened = new Map<number, number>()
        for (const decision of plan(grid.snapshot(), policy).decisions) {
          if (decision.kind === 'waiting') continue
          const { request, budget } = known(grid.state.jobs.get(decision.job))
          const { offer, openJobs } = known(grid.state.providers.get(decision.provider))
          opened.set(decision.provider, (opened.get(decision.provider) ?? openJobs) + 1)
          expect(decision.rate).to.equal(ratePerMinute(request, known(offer).prices))
          expect(decision.rate > 0n && decision.rate * BigInt(request.timeLimit) <= budget * 60n).to.equal(true)
          expect([0, decision.provider]).to.include(request.provider)
          expect(opened.get(decision.provider)).to.be.at.most(known(offer).maxOpenJobs)
        }
      }),
    )
  })

  it('does not let those that pass the first job delay it', () => {
    fc.assert(
      fc.property(anyGrid, fc.constantFrom('easy', 'aged'), (grid, name) => {
        const { planner } = plannerOf(grid.snapshot(), policyNamed(name))
        planner.tick(grid.now)
        if (planner.kept === undefined) return
        const { cluster, demand, time } = planner.kept.reservation.shadow
        const after = shadowOf(cluster, demand, grid.now, Number.POSITIVE_INFINITY)
        expect(known(after).time).to.be.at.most(time)
      }),
    )
  })
})

describe('a pool of identical processors', () => {
  it('starts no job later under fcfs when it has more processors', () => {
    fc.assert(
      fc.property(poolJobs, fc.integer({ min: 1, max: 8 }), (jobs, more) => {
        const few = replay(jobs, [8], policyNamed('fcfs')).starts
        const many = replay(jobs, [8 + more], policyNamed('fcfs')).starts
        expect(many.every((start, at) => start <= known(few[at]))).to.equal(true)
      }),
    )
  })

  it('never runs more than it has, under any policy', () => {
    fc.assert(
      fc.property(poolJobs, fc.constantFrom('fcfs', 'easy', 'aged'), (jobs, name) => {
        const { starts } = replay(jobs, [8], policyNamed(name))
        for (const start of starts) {
          const busy = jobs.filter((job, at) => known(starts[at]) <= start && start < known(starts[at]) + job.run)
          expect(busy.reduce((sum, { processors }) => sum + processors, 0)).to.be.at.most(8)
        }
      }),
    )
  })

  it('starts every job within the time limits of all others after the last submission', () => {
    fc.assert(
      fc.property(poolJobs, fc.constantFrom('fcfs', 'easy', 'aged'), (jobs, name) => {
        const { starts } = replay(jobs, [8], policyNamed(name))
        const bound = known(jobs.at(-1)).submit + jobs.reduce((sum, { limit }) => sum + limit, 0)
        expect(Math.max(...starts)).to.be.at.most(bound)
      }),
    )
  })

  it('starts a job, under the aged policy, within one longest limit of its claim for each claim before it', () => {
    // Short jobs for ever: enough to keep a shortest-first order from ever starting the wide ones.
    const short = Array.from({ length: 4000 }, (_, at) => ({ submit: at * 50, run: 400, processors: 1, limit: 400 }))
    const wide = [4, 8, 6, 8].map((processors, at) => ({ submit: 1000 + at, run: 3000, processors, limit: 3000 }))
    const jobs = [...short, ...wide]
      .map((job) => ({ ...job, user: `0-${job.processors}`, home: 0 }))
      .sort((left, right) => left.submit - right.submit)
    const policy = policyNamed('aged')
    const { starts } = replay(jobs, [8], policy)
    const { afterSeconds, widthRelief } = policy.claim
    const claims = jobs.map(({ submit, processors }) => submit + afterSeconds * (1 - (widthRelief * processors) / 8))
    const late = jobs.filter(({ processors }, at) => {
      const before = claims.filter(
        (claim, other) => processors > 1 && known(jobs[other]).processors > 1 && claim < known(claims[at]),
      )
      return processors > 1 && known(starts[at]) > known(claims[at]) + (before.length + 1) * 3000
    })
    expect(late).to.deep.equal([])
  })
})

function full(values: readonly unknown[]): { readonly minLength: number; readonly maxLength: number } {
  return { minLength: values.length, maxLength: values.length }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a value')
  return value
}
