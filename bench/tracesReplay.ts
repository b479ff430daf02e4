import type { Run } from '../scheduling/cluster.ts'
import type { CustomerHistory, GridState } from '../scheduling/grid.ts'
import { emptyGrid } from '../scheduling/grid.ts'
import { predictedSeconds, rememberRun, usageOf } from '../scheduling/history.ts'
import type { Customer } from '../scheduling/lane.ts'
import { Planner } from '../scheduling/planner.ts'
import type { Policy } from '../scheduling/policies.ts'
import { emptyRecord } from '../scheduling/record.ts'
import type { SnapshotProvider } from '../scheduling/snapshot.ts'
import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import type { TraceJob } from './tracesFile.ts'
import { EventHeap } from './tracesHeap.ts'

/** When and where each job of a replay started, by its place in the list of jobs. */
export interface Replay {
  readonly jobs: readonly TraceJob[]
  readonly starts: Float64Array
  readonly clusters: Int32Array
  readonly seconds: number
}

const ZERO: Hex = '0x0000000000000000000000000000000000000000'
export const PLENTY = 10n ** 30n

/** A provider that is a pool of identical processors. */
export function poolOf(index: number, processors: number): SnapshotProvider {
  return {
    index,
    owner: ZERO,
    contact: { signer: ZERO, encryptionKey: ZERO, endpoint: '' },
    profile: { name: `pool ${index}`, url: '', region: '', software: '' },
    status: 'APPROVED',
    draining: false,
    stake: PLENTY,
    unbonding: 0n,
    unbondsAt: 0,
    offer: {
      prices: { cpuPerMinute: 10n ** 15n, memPerMinute: 0n, gpuPerMinute: 0n },
      maxOpenJobs: 1_000_000_000,
      acceptsDirect: false,
      nodes: [{ count: processors, cpus: 1, mem: 1, gpus: 0, gpuModel: '' }],
      labels: [],
    },
    openJobs: 0,
    lastSeen: 0,
    record: emptyRecord(0),
  }
}

/** The request that a job of a trace stands for. */
export function requestOf(job: TraceJob, customer: Hex, provider: number): JobRequest {
  return {
    customer,
    payer: ZERO,
    provider,
    tasks: job.processors,
    cpusPerTask: 1,
    memPerCpu: 1,
    gpus: 0,
    timeLimit: job.limit,
    budget: PLENTY,
    topUpLimit: 0n,
    startBy: Number.MAX_SAFE_INTEGER,
    maxAttempts: 1,
    work: { definition: ZERO, affinity: '', name: '', salt: 0n },
  }
}

/** Customers with the history that the reducer keeps of them. */
export class Customers {
  private readonly state: GridState = emptyGrid()
  private readonly known = new Map<Hex, { customer: Customer; history: CustomerHistory | undefined }>()

  of(id: Hex): Customer {
    const known = this.known.get(id)
    if (known !== undefined) return known.customer
    const customer: Customer = {
      version: 0,
      predict: (request) => predictedSeconds(this.state.histories.get(id), request),
      usage: (now) => usageOf(this.state.histories.get(id), now),
    }
    this.known.set(id, { customer, history: undefined })
    return customer
  }

  settled(request: JobRequest, seconds: number, now: number): void {
    rememberRun(this.state, request, seconds, now)
    this.of(request.customer).version += 1
  }
}

/** Replays jobs, sorted by submit, against the planner: one tick whenever something happens. */
export function replay(jobs: readonly TraceJob[], pools: readonly number[], policy: Policy): Replay {
  const begun = performance.now()
  const providers = pools.map((processors, at) => poolOf(at + 1, processors))
  const planner = new Planner(policy, { providers, minimumStake: 0n, penalty: 0n })
  const customers = new Customers()
  const ids = new Map<string, number>()
  const users = new Map<string, Hex>()
  const starts = new Float64Array(jobs.length)
  const clusters = new Int32Array(jobs.length)
  const runs = new Map<number, { readonly run: Run; readonly request: JobRequest }>()
  const ends = new EventHeap()
  let next = 0
  while (next < jobs.length || ends.size > 0) {
    const now = Math.min(jobs[next]?.submit ?? Number.POSITIVE_INFINITY, ends.time())
    while (ends.time() === now) {
      const at = ends.pop()
      const ended = runs.get(at)
      const job = jobs[at]
      if (ended === undefined || job === undefined) continue
      planner.release(ended.run)
      customers.settled(ended.request, job.run, now)
      runs.delete(at)
    }
    for (let job = jobs[next]; job !== undefined && job.submit === now; job = jobs[next]) {
      const customer = users.get(job.user) ?? (`0x${users.size.toString(16).padStart(40, '0')}` as const)
      users.set(job.user, customer)
      const request = requestOf(job, customer, 0)
      const id: Hex = `0x${next.toString(16).padStart(64, '0')}`
      ids.set(id, next)
      const entry = {
        id,
        request,
        budget: PLENTY,
        failedBy: [],
        submittedAt: now,
        sequence: next,
        startsUntil: Number.MAX_SAFE_INTEGER,
      }
      planner.submit(entry, customers.of(customer))
      next += 1
    }
    for (const start of planner.tick(now)) {
      const at = ids.get(start.job.id)
      const job = at === undefined ? undefined : jobs[at]
      if (at === undefined || job === undefined) continue
      ids.delete(start.job.id)
      starts[at] = now
      clusters[at] = start.run.cluster.position
      runs.set(at, { run: start.run, request: start.job.request })
      ends.push(now + job.run, at)
    }
  }
  return { jobs, starts, clusters, seconds: (performance.now() - begun) / 1000 }
}

/** Replays each job on the cluster that it was logged on, every cluster with a queue of its own. */
export function replayAtHome(jobs: readonly TraceJob[], pools: readonly number[], policy: Policy): Replay {
  const begun = performance.now()
  const starts = new Float64Array(jobs.length)
  const clusters = new Int32Array(jobs.length)
  for (const [home, processors] of pools.entries()) {
    const places = jobs.flatMap((job, at) => (job.home === home ? [at] : []))
    const own = replay(
      places.map((at) => jobs[at] as TraceJob),
      [processors],
      policy,
    )
    for (const [index, at] of places.entries()) {
      starts[at] = own.starts[index] as number
      clusters[at] = home
    }
  }
  return { jobs, starts, clusters, seconds: (performance.now() - begun) / 1000 }
}
