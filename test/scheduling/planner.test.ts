import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import type { TraceJob } from '../../bench/tracesFile.ts'
import { replay } from '../../bench/tracesReplay.ts'
import { plan } from '../../scheduling/plan.ts'
import { policyNamed } from '../../scheduling/policies.ts'
import { poolJobs } from './arbitrary.ts'
import { CREDIT, hex, TestGrid } from './fixture.ts'

const POOLS = [8, 5]

// Replays jobs through events and a fresh plan at each moment, as an oracle without memory would.
function replayByPlans(jobs: readonly TraceJob[], name: string): readonly number[] {
  const grid = new TestGrid()
  for (const [at, count] of POOLS.entries()) {
    const nodes = [{ count, cpus: 1, mem: 1, gpus: 0, gpuModel: '' }]
    grid.provider(at + 1, { nodes, prices: { cpuPerMinute: CREDIT, memPerMinute: 0n, gpuPerMinute: 0n } }, 10n ** 30n)
  }
  const starts = new Array<number>(jobs.length).fill(-1)
  const times = new Set(jobs.map(({ submit }) => submit))
  const ends = new Map<number, number>()
  for (let now = 0; times.size > 0; now = Math.min(...times)) {
    times.delete(now)
    grid.now = now
    for (const [at, end] of ends)
      if (end === now) grid.end(at, grid.state.jobs.get(hex(at))?.provider ?? 0, (jobs[at] as TraceJob).run)
    for (const [at, job] of jobs.entries()) {
      const terms = {
        tasks: job.processors,
        timeLimit: job.limit,
        customer: hex(Number(job.user.slice(2)), 20),
        startBy: 10 ** 9,
      }
      if (job.submit === now) grid.job(at, { ...terms, budget: 10n ** 30n })
    }
    for (const decision of plan(grid.snapshot(), policyNamed(name)).decisions) {
      if (decision.kind !== 'placed') continue
      const at = Number(decision.job)
      grid.assign(at, decision.provider)
      grid.tell({ kind: 'job-started', id: decision.job, provider: decision.provider, attempt: 1, startedAt: now })
      starts[at] = now
      ends.set(at, now + (jobs[at] as TraceJob).run)
      times.add(now + (jobs[at] as TraceJob).run)
    }
  }
  return starts
}

describe('Planner', () => {
  it('decides, kept up to date, what plans made afresh decide', () => {
    fc.assert(
      fc.property(poolJobs, fc.constantFrom('fcfs', 'easy', 'aged'), (jobs, name) => {
        expect(replayByPlans(jobs, name)).to.deep.equal([...replay(jobs, POOLS, policyNamed(name)).starts])
      }),
      { numRuns: 40 },
    )
  })
})
