import type { Run } from '../scheduling/cluster.ts'
import { Planner } from '../scheduling/planner.ts'
import { policyNamed } from '../scheduling/policies.ts'
import { Profile } from '../scheduling/profile.ts'
import type { Hex } from '../sdk/domain/job.ts'
import type { TraceJob } from './tracesFile.ts'
import { EventHeap } from './tracesHeap.ts'
import { PLENTY, poolOf, type Replay, requestOf } from './tracesReplay.ts'

const CUSTOMER: Hex = '0x0000000000000000000000000000000000000001'
const NOBODY = { version: 0, predict: () => 0, usage: () => 0 }

/** A cluster with its own EASY queue, which says when a job would start by a conservative plan of what it has. */
class LocalCluster {
  readonly processors: number
  private readonly jobs: readonly TraceJob[]
  private readonly planner: Planner
  private readonly queue = new Set<number>()
  private readonly runs = new Map<number, Run>()
  private profile: Profile | undefined

  constructor(processors: number, jobs: readonly TraceJob[]) {
    this.processors = processors
    this.jobs = jobs
    this.planner = new Planner(policyNamed('easy'), {
      providers: [poolOf(1, processors)],
      minimumStake: 0n,
      penalty: 0n,
    })
  }

  expectedStart(at: number, now: number): number {
    const job = this.jobs[at] as TraceJob
    this.profile ??= this.conservative(now)
    return this.profile.earliest(now, job.processors, job.limit)
  }

  add(at: number, now: number): void {
    const job = this.jobs[at] as TraceJob
    this.profile?.reserve(this.expectedStart(at, now), job.processors, job.limit)
    const id: Hex = `0x${at.toString(16).padStart(64, '0')}`
    const times = { submittedAt: now, sequence: at, startsUntil: Number.MAX_SAFE_INTEGER }
    this.planner.submit({ id, request: requestOf(job, CUSTOMER, 0), budget: PLENTY, failedBy: [], ...times }, NOBODY)
    this.queue.add(at)
  }

  end(at: number): void {
    const run = this.runs.get(at)
    if (run !== undefined) this.planner.release(run)
    this.runs.delete(at)
    this.profile = undefined
  }

  start(now: number): readonly number[] {
    return this.planner.tick(now).map(({ job, run }) => {
      this.runs.set(job.sequence, run)
      this.queue.delete(job.sequence)
      this.profile = undefined
      return job.sequence
    })
  }

  private conservative(now: number): Profile {
    const profile = new Profile(now, this.processors)
    for (const { demand, end } of this.runs.values()) profile.reserve(now, demand.tasks, Math.max(1, end - now))
    for (const at of this.queue) {
      const { processors, limit } = this.jobs[at] as TraceJob
      profile.reserve(profile.earliest(now, processors, limit), processors, limit)
    }
    return profile
  }
}

/** Replays jobs, each given at its submit to the cluster that would start it first by its conservative plan. */
export function replayRouted(jobs: readonly TraceJob[], pools: readonly number[]): Replay {
  const begun = performance.now()
  const starts = new Float64Array(jobs.length)
  const clusters = new Int32Array(jobs.length)
  const locals = pools.map((processors) => new LocalCluster(processors, jobs))
  const ends = new EventHeap()
  let next = 0
  while (next < jobs.length || ends.size > 0) {
    const now = Math.min(jobs[next]?.submit ?? Number.POSITIVE_INFINITY, ends.time())
    for (; ends.time() === now; ) {
      const at = ends.pop()
      locals[clusters[at] as number]?.end(at)
    }
    for (; jobs[next]?.submit === now; next += 1) {
      clusters[next] = chooseFor(jobs[next] as TraceJob, next, locals, now)
      locals[clusters[next] as number]?.add(next, now)
    }
    for (const at of locals.flatMap((local) => local.start(now))) {
      starts[at] = now
      ends.push(now + (jobs[at] as TraceJob).run, at)
    }
  }
  return { jobs, starts, clusters, seconds: (performance.now() - begun) / 1000 }
}

function chooseFor(job: TraceJob, at: number, locals: readonly LocalCluster[], now: number): number {
  let best = -1
  let bestStart = Number.POSITIVE_INFINITY
  for (const [index, local] of locals.entries()) {
    if (local.processors < job.processors) continue
    const start = local.expectedStart(at, now)
    if (best >= 0 && start >= bestStart) continue
    best = index
    bestStart = start
  }
  return best
}
