import { orderKey, weightOf } from './agedKey.ts'
import { claimantOf } from './claim.ts'
import type { Run } from './cluster.ts'
import { firstFits } from './firstFits.ts'
import type { JobClass } from './jobClass.ts'
import type { Lane, WaitingJob } from './lane.ts'
import { LaneHeap } from './laneHeap.ts'
import type { Market } from './market.ts'
import type { Shares } from './nodes.ts'
import type { Policy } from './policies.ts'
import type { PlacedReason } from './reasons.ts'
import { Reservation } from './reservation.ts'
import type { Shadow } from './shadow.ts'
import { shadowFor } from './shadowFor.ts'

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
  readonly jobClass: JobClass
  readonly reservation: Reservation
}

/** One pass over the queue after another: who starts where now, and for whom nodes are kept. */
export class Pass {
  /** What the last pass kept nodes for. */
  kept: Kept | undefined
  /** What the pass before kept, while nothing has changed since. */
  private before: Kept | undefined
  private readonly policy: Policy
  private readonly market: Market
  private readonly lanes: Set<Lane>
  private readonly heap = new LaneHeap()
  private readonly starts: Start[] = []
  private number = 0
  private now = 0
  /** Clusters closed behind a blocked job, by position, with the pass they were closed in: for policies that do not backfill. */
  private readonly closedIn: Int32Array

  constructor(policy: Policy, market: Market, lanes: Set<Lane>) {
    this.policy = policy
    this.market = market
    this.lanes = lanes
    this.closedIn = new Int32Array(market.clusters.length).fill(-1)
  }

  /** Starts what can start at `now`, in the order of the policy. `isChanged` tells whether anything but the time has changed since the last pass. */
  run(now: number, isChanged: boolean): readonly Start[] {
    this.now = now
    this.before = isChanged ? undefined : this.kept
    this.number += 1
    this.kept = undefined
    for (const lane of this.lanes) this.dropExpired(lane)
    this.serveClaimants()
    this.fillHeap()
    for (let lane = this.heap.top(); lane !== undefined; lane = this.heap.top()) this.serveTop(lane)
    return this.starts.splice(0)
  }

  /** Claimants start, the earliest claim first, until one is blocked, for which the reservation is, or the queue has its turn. */
  private serveClaimants(): void {
    for (let served = 0; served < this.policy.claim.startsFirst; served += 1) {
      const lane = claimantOf(this.lanes, this.policy.claim, this.now)
      if (lane === undefined) return
      if (!this.startHead(lane)) {
        this.keepFor(lane)
        return
      }
      this.dropExpired(lane)
    }
  }

  private fillHeap(): void {
    for (const lane of this.lanes) {
      if (this.policy.order === 'shortest') lane.weight = lane.jobClass.timeLimit
      else if (this.policy.order === 'aged') lane.weight = weightOf(this.policy, lane, this.now)
      this.heap.push(orderKey(this.policy, lane.weight, lane.head() as WaitingJob, this.now), lane)
    }
  }

  // Jobs that may not start any more leave the queue here.
  private dropExpired(lane: Lane): void {
    for (let head = lane.head(); head !== undefined && head.startsUntil < this.now; head = lane.head()) lane.advance()
    if (lane.length === 0) this.lanes.delete(lane)
  }

  private serveTop(lane: Lane): void {
    const { jobClass } = lane
    if (jobClass.blockedIn !== this.number && this.startHead(lane)) {
      this.dropExpired(lane)
      const head = lane.head()
      if (head === undefined) this.heap.pop()
      else this.heap.rekeyTop(orderKey(this.policy, lane.weight, head, this.now))
      return
    }
    this.heap.pop()
    this.block(lane)
  }

  private block(lane: Lane): void {
    const { jobClass } = lane
    jobClass.blockedIn = this.number
    if (!this.policy.backfills) for (const { cluster } of jobClass.merits) this.closedIn[cluster.position] = this.number
    else if (this.kept === undefined) this.keepFor(lane)
  }

  private keepFor(lane: Lane): void {
    const job = lane.head()
    if (job !== undefined && this.isStillKept(lane.jobClass)) {
      this.kept = { job, jobClass: lane.jobClass, reservation: (this.before as Kept).reservation }
      return
    }
    const shadow = job === undefined ? undefined : shadowFor(lane.jobClass, this.now)
    if (job === undefined || shadow === undefined) return
    if (this.maySendAhead(shadow)) this.startAhead(lane, shadow)
    else this.kept = { job, jobClass: lane.jobClass, reservation: new Reservation(shadow) }
  }

  private isStillKept(jobClass: JobClass): boolean {
    const { before, now, starts } = this
    if (before === undefined || before.jobClass !== jobClass || starts.length > 0) return false
    return before.reservation.shadow.time > now + this.policy.dispatchSeconds
  }

  // A job whose nodes will be free by the time it gets there may leave now.
  private maySendAhead({ cluster, time }: Shadow): boolean {
    const { dispatchSeconds, depth } = this.policy
    return time <= this.now + dispatchSeconds && cluster.aheadAt(this.now) < depth
  }

  private startAhead(lane: Lane, shadow: Shadow): void {
    const { jobClass } = lane
    const rank = jobClass.merits.findIndex(({ cluster }) => cluster === shadow.cluster)
    const { demand } = jobClass
    shadow.cluster.nodes.hold(demand, shadow.shares)
    this.start(lane, rank, shadow.shares, shadow.time)
  }

  private startHead(lane: Lane): boolean {
    const { jobClass } = lane
    this.market.catchUp(jobClass)
    jobClass.isHeld = false
    let rank = jobClass.firstOpen(0)
    while (rank >= 0) {
      if (jobClass.equalUntil[rank] !== rank) return this.startAmongEquals(lane, rank)
      if (this.startAt(lane, rank)) return true
      rank = jobClass.firstOpen(rank + 1)
    }
    return false
  }

  private startAmongEquals(lane: Lane, from: number): boolean {
    let ranks = firstFits(lane.jobClass, from)
    while (ranks.length > 0) {
      for (const rank of ranks) if (this.startAt(lane, rank)) return true
      ranks = firstFits(lane.jobClass, 1 + Math.max(...ranks))
    }
    return false
  }

  private startAt(lane: Lane, rank: number): boolean {
    const shares = this.takeAt(lane.jobClass, rank)
    if (shares === undefined) return false
    this.start(lane, rank, shares)
    return true
  }

  private takeAt(jobClass: JobClass, rank: number): Shares | undefined {
    const position = jobClass.positionAt(rank)
    if (!this.market.mayFit(position, jobClass.demand)) {
      jobClass.close(rank)
      return undefined
    }
    if (this.closedIn[position] === this.number) {
      jobClass.isHeld = true
      return undefined
    }
    const cluster = jobClass.clusterAt(rank)
    const { kept } = this
    if (kept !== undefined && kept.reservation.shadow.cluster === cluster && cluster.room > 0) {
      jobClass.isHeld = true
      return kept.reservation.take(jobClass.demand, this.now + jobClass.timeLimit)
    }
    const shares = cluster.room > 0 ? cluster.nodes.take(jobClass.demand) : undefined
    if (shares === undefined) jobClass.close(rank)
    return shares
  }

  private start(lane: Lane, rank: number, shares: Shares, freeFrom = 0): void {
    const { jobClass } = lane
    const job = lane.head() as WaitingJob
    const cluster = jobClass.clusterAt(rank)
    lane.advance()
    if (lane.length === 0) this.lanes.delete(lane)
    job.lane = undefined
    cluster.room -= 1
    const end = Math.max(this.now, freeFrom) + jobClass.timeLimit
    const run = cluster.start(jobClass.demand, shares, end, freeFrom)
    const { rate } = jobClass.merits[rank] as { readonly rate: bigint }
    this.starts.push({ job, run, rate, reason: jobClass.reasons[rank] as PlacedReason })
  }
}
