import fc from 'fast-check'
import type { NodeGroup } from '../../sdk/domain/provider.ts'
import { CREDIT, hex, type requestOf, TestGrid } from './fixture.ts'

const group: fc.Arbitrary<NodeGroup> = fc.record({
  count: fc.integer({ min: 1, max: 4 }),
  cpus: fc.integer({ min: 1, max: 8 }),
  mem: fc.integer({ min: 1, max: 16 }).map((gb) => gb * 1024),
  gpus: fc.integer({ min: 0, max: 2 }),
  gpuModel: fc.constant(''),
})

const offer = fc.record({
  nodes: fc.array(group, { minLength: 1, maxLength: 3 }),
  maxOpenJobs: fc.integer({ min: 0, max: 8 }),
  labels: fc.constantFrom([], [{ key: 'arch', value: 'arm64' }], [{ key: 'arch', value: 'amd64' }]),
  prices: fc.record({
    cpuPerMinute: fc.bigInt({ min: 0n, max: 3n }).map((price) => price * CREDIT),
    memPerMinute: fc.constant(0n),
    gpuPerMinute: fc.bigInt({ min: 0n, max: 3n }).map((price) => price * CREDIT),
  }),
})

const request: fc.Arbitrary<NonNullable<Parameters<typeof requestOf>[0]>> = fc.record({
  customer: fc.integer({ min: 1, max: 3 }).map((customer) => hex(customer, 20)),
  provider: fc.constantFrom(0, 0, 0, 0, 1, 9),
  tasks: fc.integer({ min: 1, max: 6 }),
  cpusPerTask: fc.integer({ min: 1, max: 4 }),
  memPerCpu: fc.constantFrom(1, 512, 2048),
  gpus: fc.constantFrom(0, 0, 0, 1, 2, 3),
  timeLimit: fc.integer({ min: 1, max: 50 }).map((minutes) => minutes * 60),
  budget: fc.constantFrom(1n, 60n, 100_000n).map((credits) => credits * CREDIT),
  startBy: fc.constantFrom(500, 1_000_000_000),
  affinity: fc.constantFrom('', '', '', 'arch=amd64', 'arch!=arm64', 'prefer=soonest', 'prefer=greenest', 'arch~'),
})

/** A grid with providers 1 to 4 and up to 20 jobs, some of them assigned without asking whether they fit. */
export const anyGrid: fc.Arbitrary<TestGrid> = fc
  .record({
    offers: fc.array(offer, { minLength: 1, maxLength: 4 }),
    jobs: fc.array(
      fc.record({ request, assigned: fc.constantFrom(0, 0, 0, 1, 2), gap: fc.integer({ min: 0, max: 90_000 }) }),
      {
        maxLength: 20,
      },
    ),
  })
  .map(({ offers, jobs }) => {
    const grid = new TestGrid()
    for (const [at, one] of offers.entries()) grid.provider(at + 1, one)
    for (const [at, job] of jobs.entries()) {
      grid.now += job.gap
      grid.job(at + 1, job.request)
      if (job.assigned > 0) grid.assign(at + 1, job.assigned)
    }
    return grid
  })

export interface PoolJob {
  readonly submit: number
  readonly run: number
  readonly processors: number
  readonly limit: number
  readonly user: string
  readonly home: number
}

/** Jobs for a pool of eight processors, in the order of their submission. */
export const poolJobs: fc.Arbitrary<readonly PoolJob[]> = fc
  .array(
    fc.record({
      submit: fc.integer({ min: 0, max: 2000 }),
      run: fc.integer({ min: 1, max: 300 }),
      more: fc.integer({ min: 0, max: 300 }),
      processors: fc.integer({ min: 1, max: 8 }),
      user: fc.constantFrom('0-1', '0-2', '0-3'),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((jobs) =>
    jobs
      .map(({ more, ...job }) => ({ ...job, limit: job.run + more, home: 0 }))
      .sort((left, right) => left.submit - right.submit),
  )
