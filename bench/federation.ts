import { emptyGrid, type GridState } from '../scheduling/grid.ts'
import { plan } from '../scheduling/plan.ts'
import type { Policy } from '../scheduling/policies.ts'
import { reduce } from '../scheduling/reduce.ts'
import { snapshotOf } from '../scheduling/snapshot.ts'
import type { GridFact } from '../sdk/domain/events.ts'
import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import { lublinJobs } from './lublin.ts'
import { providersOf } from './placementGrid.ts'
import { randomFrom } from './random.ts'
import type { TraceJob } from './tracesFile.ts'
import { EventHeap } from './tracesHeap.ts'
import { PLENTY, type Replay, requestOf } from './tracesReplay.ts'

/** Of a hundred attempts, how many a provider refuses, and how many it loses halfway. */
const REFUSED = 2
const LOST = 4
/** So many providers of so many nodes; see `providersOf` for their shapes, prices and labels. */
const SIZE = { clusters: 6, nodes: 48, queue: 0 }
const PROCESSORS = SIZE.nodes * 64

/** What of a federation ran; `starts` are those of the last attempts. */
export interface FederationReplay extends Replay {
  /** Attempts that were refused or lost. */
  readonly returned: number
  /** Jobs that no provider could run, or none any more. */
  readonly neverStarted: number
}

/** The processors of each of its clusters. */
export const FEDERATION_POOLS: readonly number[] = Array.from(
  { length: SIZE.clusters },
  () => PROCESSORS / SIZE.clusters,
)

const hex = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`

/**
 * A federation as no log shows one: Lublin jobs with tasks, memory, gpus and rules on labels, providers with node shapes and prices, and
 * attempts that are refused or lost. It is driven through events, snapshots and whole plans, as by an oracle without memory.
 */
export function replayFederation(count: number, seed: number, policy: Policy): FederationReplay {
  const begun = performance.now()
  const random = randomFrom(seed)
  const jobs = lublinJobs({ jobs: count, processors: PROCESSORS / 8, seed, load: 6 })
  const requests = jobs.map((job) => shaped(job, random))
  const state = emptyGrid()
  for (const provider of providersOf(SIZE, random)) state.providers.set(provider.index, { ...provider })
  const starts = new Float64Array(count).fill(-1)
  const clusters = new Int32Array(count)
  const events = new EventHeap()
  for (const [at, job] of jobs.entries()) events.push(job.submit, at)
  let returned = 0
  while (events.size > 0) {
    const now = events.time()
    const tell = (fact: GridFact) => reduce(state, { ...fact, place: placeAt(now) })
    while (events.time() === now) {
      const at = events.pop()
      returned += happen(state, at, requests[at] as JobRequest, now, random, tell) ? 1 : 0
    }
    const snapshot = snapshotOf(state, 0, now, { minimumStake: 0n, penalty: 0n })
    for (const decision of plan(snapshot, policy).decisions) {
      if (decision.kind === 'waiting') continue
      const at = Number(decision.job)
      const { provider, rate, job: id } = decision
      const attempt = (state.jobs.get(id)?.attempt ?? 0) + 1
      tell({ kind: 'job-assigned', id, provider, attempt, rate, cutPermille: 0 })
      tell({ kind: 'job-started', id, provider, attempt, startedAt: now })
      starts[at] = now
      clusters[at] = provider - 1
      events.push(now + (jobs[at] as TraceJob).run, at)
    }
  }
  const ran = jobs.flatMap((_, at) => ((starts[at] as number) >= 0 ? [at] : []))
  return {
    jobs: ran.map((at) => jobs[at] as TraceJob),
    starts: Float64Array.from(ran, (at) => starts[at] as number),
    clusters: Int32Array.from(ran, (at) => clusters[at] as number),
    seconds: (performance.now() - begun) / 1000,
    returned,
    neverStarted: count - ran.length,
  }
}

// A job is submitted, or its attempt comes to an end; whether it was one that the provider gave back.
function happen(
  state: GridState,
  at: number,
  request: JobRequest,
  now: number,
  random: () => number,
  tell: (fact: GridFact) => void,
): boolean {
  const id = hex(at)
  const job = state.jobs.get(id)
  if (job === undefined) {
    tell({ kind: 'job-submitted', id, request })
    return false
  }
  const { provider, attempt } = job
  const luck = random() * 100
  if (luck < REFUSED + LOST && attempt < 3) {
    const from = luck < REFUSED ? 'META_SCHEDULED' : 'RUNNING'
    tell({ kind: 'job-returned', id, provider, attempt, from, reason: hex(0) })
    return true
  }
  const money = { cost: 0n, cut: 0n, refund: 0n, exitCode: 0, result: hex(0) }
  const secondsUsed = Math.max(1, now - job.since)
  tell({ kind: 'job-ended', id, customer: request.customer, provider, status: 'FINISHED', secondsUsed, ...money })
  return false
}

function shaped(job: TraceJob, random: () => number): JobRequest {
  const cpusPerTask = [1, 2, 4, 8][Math.floor(random() * 4)] as number
  const request = requestOf(job, `0x${job.user.slice(2).padStart(40, '0')}`, 0)
  const needsGpus = random() < 0.1
  const affinity = random() < 0.15 ? 'arch=amd64' : ''
  const tasks = Math.max(1, Math.floor(job.processors / cpusPerTask / (needsGpus ? 4 : 1)))
  return {
    ...request,
    tasks,
    cpusPerTask,
    memPerCpu: random() < 0.2 ? 8192 : 1024,
    gpus: needsGpus ? Math.min(8, tasks) : 0,
    budget: PLENTY * PLENTY,
    maxAttempts: 4,
    work: { ...request.work, affinity },
  }
}

function placeAt(now: number) {
  return { block: now, logIndex: 0, blockHash: hex(now), transaction: hex(now), time: now }
}
