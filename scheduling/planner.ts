import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import { Classes, type Classified } from './classes.ts'
import type { Run } from './cluster.ts'
import { demandOf } from './demand.ts'
import type { JobClass } from './jobClass.ts'
import { type Customer, Lane, type WaitingJob } from './lane.ts'
import { Market } from './market.ts'
import { type Kept, Pass, type Start } from './pass.ts'
import type { Policy } from './policies.ts'
import { shadowOf } from './shadow.ts'
import type { Snapshot } from './snapshot.ts'

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
  private isChanged = true
  private tickedAt = 0
  private readonly pass: Pass

  constructor(policy: Policy, snapshot: Pick<Snapshot, 'providers' | 'minimumStake' | 'penalty'>) {
    this.policy = policy
    this.market = new Market(snapshot)
    this.classes = new Classes(this.market)
    this.pass = new Pass(policy, this.market, this.lanes)
  }

  /** Puts a job into the queue; undefined where its affinity cannot be read, and a class without merits where no provider can run it. */
  submit(
    job: Classified & { readonly submittedAt: number; readonly sequence: number; readonly startsUntil: number },
    customer: Customer,
  ): WaitingJob | undefined {
    const jobClass = this.classes.of(job)
    if (jobClass === undefined) return undefined
    const lane = this.laneOf(jobClass, job.request.customer, customer)
    const waiting = {
      id: job.id,
      request: job.request,
      submittedAt: job.submittedAt,
      sequence: job.sequence,
      startsUntil: job.startsUntil,
      lane,
    }
    if (jobClass.merits.length === 0) return waiting
    lane.add(waiting)
    if (lane.length === 1) this.lanes.add(lane)
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

  /**
   * Notes a job that is with a provider already. Where others still hold its nodes it waits there for the first that are certain to be
   * free; undefined where it would not fit even on idle ones.
   */
  occupy(provider: number, request: JobRequest, end: number, now: number): Run | undefined {
    const cluster = this.market.clusterOf(provider)
    const demand = demandOf(request)
    if (cluster === undefined) return undefined
    this.isChanged = true
    const shares = cluster.nodes.take(demand)
    if (shares !== undefined) return cluster.start(demand, shares, end)
    const shadow = shadowOf(cluster, demand, now, Number.POSITIVE_INFINITY)
    if (shadow === undefined) return undefined
    cluster.nodes.hold(demand, shadow.shares)
    return cluster.start(demand, shadow.shares, end, shadow.time)
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
    if (!this.isChanged && now - this.tickedAt < REVIEW_SECONDS) return []
    const starts = this.pass.run(now, this.isChanged)
    this.isChanged = false
    this.tickedAt = now
    this.kept = this.pass.kept
    return starts
  }

  private laneOf(jobClass: JobClass, id: Hex, customer: Customer): Lane {
    const known = jobClass.lanes.get(id)
    if (known !== undefined) return known
    const lane = new Lane(jobClass, customer)
    jobClass.lanes.set(id, lane)
    return lane
  }
}

/** When nothing changed, the order is looked at again after so long: ages alone may turn it over. */
const REVIEW_SECONDS = 60
