import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import { orderKey } from './agedKey.ts'
import { claimantOf } from './claim.ts'
import { Classes, type Classified } from './classes.ts'
import type { Cluster, Run } from './cluster.ts'
import { demandOf } from './demand.ts'
import type { JobClass } from './jobClass.ts'
import { type Customer, Lane, type WaitingJob } from './lane.ts'
import { LaneHeap } from './laneHeap.ts'
import { Market } from './market.ts'
import type { Shares } from './nodes.ts'
import type { Policy } from './policies.ts'
import type { PlacedReason } from './reasons.ts'
import { Reservation } from './reservation.ts'
import { shadowFor } from './shadowFor.ts'
import type { Snapshot } from './snapshot.ts'

/** A job that the planner started. */
export interface Start {
  readonly job: WaitingJob
  readonly run: Run
  /** Credits per minute, 18 decimals. */
  readonly rate: bigint
  readonly reason: PlacedReason
}

/** The job that a tick kept nodes for. */
export interface Kept {
  readonly job: WaitingJob
  readonly reservation: Reservation
}

/**
 * Queue and clusters, kept up to date by what happens, so that a tick costs what changed and not what waits. Everything it decides follows
 * from the jobs, the runs and the time: a planner made afresh of the same grid decides the same.
 */
export class Planner {
  readonly policy: Policy
  readonly market: Market
  readonly classes: Classes
  /** Lanes with jobs in them. */
  readonly lanes = new Set<Lane>()
  /** What the last full tick kept nodes for. */
  kept: Kept | undefined
  private readonly heap = new LaneHeap()
  private tickNumber = 0
  private isChanged = true
  private tickedAt = 0
  /** Clusters closed behind a blocked job, by position, with the tick they were closed in: for policies that do not backfill. */
  private readonly closedIn: Int32Array

  constructor(policy: Policy, snapshot: Pick<Snapshot, 'providers' | 'minimumStake' | 'penalty'>) {
    this.policy = policy
    this.market = new Market(snapshot)
    this.classes = new Classes(this.market)
    this.closedIn = new Int32Array(this.market.clusters.length).fill(-1)
  }

  /** Puts a job into the queue; undefined where its affinity cannot be read, and a class without merits where no provider can run it. */
  submit(
    job: Classified & { readonly submittedAt: number; readonly startsUntil: number },
    customer: Customer,
  ): WaitingJob | undefined {
    const jobClass = this.classes.of(job)
    if (jobClass === undefined) return undefined
    const lane = this.laneOf(jobClass, job.request.customer, customer)
    const waiting = {
      id: job.id,
      request: job.request,
      submittedAt: job.submittedAt,
      startsUntil: job.startsUntil,
      lane,
    }
    if (jobClass.merits.length === 0) return waiting
    lane.add(waiting)
    this.lanes.add(lane)
    this.isChanged = true
    return waiting
  }

  /** Takes a job out of the queue. */
  withdraw(job: WaitingJob): void {
    const { lane } = job
    if (lane === undefined) return
    lane.remove(job)
    if (lane.length === 0) this.lanes.delete(lane)
    this.isChanged = true
  }

  /** Notes a job that is with a provider already; undefined where its nodes, as far as they are known, have no room for it. */
  occupy(provider: number, request: JobRequest, end: number): Run | undefined {
    const cluster = this.market.clusterOf(provider)
    const demand = demandOf(request)
    const shares = cluster?.nodes.take(demand)
    if (cluster === undefined || shares === undefined) return undefined
    this.isChanged = true
    return cluster.start(demand, shares, end)
  }

  /** Frees what a job held. */
  release(run: Run): void {
    run.cluster.end(run)
    run.cluster.room += 1
    this.market.noteEnd(run.cluster)
    this.isChanged = true
  }

  /** Starts what can start at `now` (unix seconds) in the order of the policy. */
  tick(now: number): readonly Start[] {
    const isDue = now - this.tickedAt >= REVIEW_SECONDS
    if (!this.isChanged && !isDue) return []
    this.isChanged = false
    this.tickedAt = now
    this.tickNumber += 1
    this.kept = undefined
    const starts: Start[] = []
    this.serveClaimant(now, starts)
    this.fillHeap(now)
    for (let lane = this.heap.pop(); lane !== undefined; lane = this.heap.pop()) this.serve(lane, now, starts)
    return starts
  }

  private laneOf(jobClass: JobClass, id: Hex, customer: Customer): Lane {
    const known = jobClass.lanes.get(id)
    if (known !== undefined) return known
    const lane = new Lane(jobClass, customer)
    jobClass.lanes.set(id, lane)
    return lane
  }

  private serveClaimant(now: number, starts: Start[]): void {
    const lane = claimantOf(this.lanes, this.policy.claim, now)
    if (lane !== undefined && !this.startHead(lane, now, starts)) this.keepFor(lane, now)
  }

  private fillHeap(now: number): void {
    for (const lane of this.lanes) this.enqueue(lane, now)
  }

  // Jobs that may not start any more leave the queue here.
  private enqueue(lane: Lane, now: number): void {
    let head = lane.head()
    while (head !== undefined && head.startsUntil < now) {
      lane.advance()
      head = lane.head()
    }
    if (head === undefined) this.lanes.delete(lane)
    else this.heap.push(orderKey(this.policy, lane, head, now), lane)
  }

  private serve(lane: Lane, now: number, starts: Start[]): void {
    const { jobClass } = lane
    if (jobClass.blockedIn === this.tickNumber) {
      if (this.kept === undefined) this.keepFor(lane, now)
      return
    }
    if (this.startHead(lane, now, starts)) {
      this.enqueue(lane, now)
      return
    }
    jobClass.blockedIn = this.tickNumber
    if (!this.policy.backfills)
      for (const { cluster } of jobClass.merits) this.closedIn[cluster.position] = this.tickNumber
    else if (this.kept === undefined) this.keepFor(lane, now)
  }

  private keepFor(lane: Lane, now: number): void {
    const job = lane.head()
    const shadow = job === undefined ? undefined : shadowFor(lane.jobClass, now)
    if (job !== undefined && shadow !== undefined) this.kept = { job, reservation: new Reservation(shadow) }
  }

  private startHead(lane: Lane, now: number, starts: Start[]): boolean {
    const { jobClass } = lane
    this.market.catchUp(jobClass)
    jobClass.isHeld = false
    for (let rank = jobClass.firstOpen(0); rank >= 0; rank = jobClass.firstOpen(rank + 1)) {
      const cluster = jobClass.clusterAt(rank)
      const shares = this.takeAt(cluster, jobClass, rank, now)
      if (shares === undefined) continue
      this.start(lane, rank, shares, now, starts)
      return true
    }
    return false
  }

  private takeAt(cluster: Cluster, jobClass: JobClass, rank: number, now: number): Shares | undefined {
    if (this.closedIn[cluster.position] === this.tickNumber) {
      jobClass.isHeld = true
      return undefined
    }
    const { kept } = this
    if (kept !== undefined && kept.reservation.shadow.cluster === cluster && cluster.room > 0) {
      jobClass.isHeld = true
      return kept.reservation.take(jobClass.demand, now + jobClass.timeLimit)
    }
    const shares = cluster.room > 0 ? cluster.nodes.take(jobClass.demand) : undefined
    if (shares === undefined) jobClass.close(rank)
    return shares
  }

  private start(lane: Lane, rank: number, shares: Shares, now: number, starts: Start[]): void {
    const { jobClass } = lane
    const job = lane.head() as WaitingJob
    const cluster = jobClass.clusterAt(rank)
    lane.advance()
    if (lane.length === 0) this.lanes.delete(lane)
    job.lane = undefined
    cluster.room -= 1
    const run = cluster.start(jobClass.demand, shares, now + jobClass.timeLimit)
    const { rate } = jobClass.merits[rank] as { readonly rate: bigint }
    starts.push({ job, run, rate, reason: jobClass.reasons[rank] as PlacedReason })
  }
}

/** When nothing changed, the order is looked at again after so long: ages alone may turn it over. */
const REVIEW_SECONDS = 60
