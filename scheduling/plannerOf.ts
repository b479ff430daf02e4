import type { Decision } from './decision.ts'
import { hindranceOf, startsUntil } from './feasible.ts'
import type { CustomerHistory } from './grid.ts'
import { predictedSeconds, usageOf } from './history.ts'
import type { Customer, WaitingJob } from './lane.ts'
import { Planner } from './planner.ts'
import type { Policy } from './policies.ts'
import type { WaitingReason } from './reasons.ts'
import type { Snapshot, SnapshotJob } from './snapshot.ts'

/** A planner that knows all jobs of a snapshot, before its first tick. */
export interface Prepared {
  readonly planner: Planner
  /** The jobs that it was told to place, those that no provider can run included. */
  readonly queued: readonly WaitingJob[]
  /** The waiting jobs that may not be placed at all. */
  readonly hindered: readonly Decision[]
}

/** Makes a planner of a snapshot. */
export function plannerOf(snapshot: Snapshot, policy: Policy): Prepared {
  const planner = new Planner(policy, snapshot)
  const jobs = [...snapshot.jobs].sort(inOrder)
  for (const job of jobs) {
    if (job.status !== 'PENDING') planner.occupy(job.provider, job.request, endOf(job, snapshot.now), snapshot.now)
  }
  const queued: WaitingJob[] = []
  const hindered: Decision[] = []
  for (const job of jobs) {
    if (job.status !== 'PENDING') continue
    const result = hindranceOf(job, snapshot) ?? submitted(planner, job, snapshot)
    if (typeof result === 'string') hindered.push({ kind: 'waiting', job: job.id, reason: result })
    else queued.push(result)
  }
  return { planner, queued, hindered }
}

/** Unix seconds at which the time limit of an assigned job ends it; one that has not started is taken to start now. */
export function endOf(job: SnapshotJob, now: number): number {
  const allowed = job.rate > 0n ? Number((60n * (job.budget - job.request.budget)) / job.rate) : 0
  return (job.status === 'RUNNING' ? job.since : now) + job.request.timeLimit + allowed
}

function submitted(planner: Planner, job: SnapshotJob, snapshot: Snapshot): WaitingJob | WaitingReason {
  const waiting = planner.submit(
    { ...job, startsUntil: startsUntil(job, snapshot.requeueWindow) },
    customerOf(snapshot.histories.get(job.request.customer)),
  )
  return waiting ?? 'affinity-unreadable'
}

/** A customer as its history tells. */
export function customerOf(history: CustomerHistory | undefined): Customer {
  return {
    version: 0,
    predict: (request) => predictedSeconds(history, request),
    usage: (now) => usageOf(history, now),
  }
}

// Assigned jobs take their nodes in the order they came to them, waiting ones join in the order of submission.
function inOrder(left: SnapshotJob, right: SnapshotJob): number {
  return left.since - right.since || left.sequence - right.sequence
}
