import type { Hex } from '../sdk/domain/job.ts'
import { orderKey } from './agedKey.ts'
import type { Decision, WaitingDecision } from './decision.ts'
import { type Economy, economyOf } from './economy.ts'
import type { WaitingJob } from './lane.ts'
import type { Planner } from './planner.ts'
import { type Prepared, plannerOf } from './plannerOf.ts'
import type { Policy, PolicyName } from './policies.ts'
import type { WaitingReason } from './reasons.ts'
import { routes } from './routes.ts'
import type { Snapshot } from './snapshot.ts'

/** What to do with every waiting job of a snapshot. */
export interface Plan {
  readonly block: number
  readonly policy: PolicyName
  /** One a waiting job: those that are placed in the order they were, then the others in the order of the queue. */
  readonly decisions: readonly Decision[]
  readonly economy: Economy
}

/** Decides about every PENDING job. The same snapshot and policy give the same plan, whatever the order of providers and jobs in it. */
export function plan(snapshot: Snapshot, policy: Policy): Plan {
  const prepared = plannerOf(snapshot, policy)
  const decisions = policy.binding === 'submission' ? routes(snapshot, prepared) : decisionsOf(snapshot, prepared)
  return { block: snapshot.block, policy: policy.name, decisions, economy: economyOf(snapshot, decisions) }
}

function decisionsOf(snapshot: Snapshot, { planner, queued, hindered }: Prepared): readonly Decision[] {
  const placed = planner.tick(snapshot.now).map(
    ({ job, run, rate, reason }): Decision => ({
      kind: 'placed',
      job: job.id,
      provider: run.cluster.provider,
      rate,
      reason,
    }),
  )
  const waiting = queued.filter((job) => job.lane !== undefined)
  return [...placed, ...inOrder(planner, waiting, snapshot.now), ...hindered]
}

function inOrder(planner: Planner, waiting: readonly WaitingJob[], now: number): readonly WaitingDecision[] {
  const keyed = waiting.flatMap((job) =>
    job.lane === undefined || job.lane.jobClass.merits.length === 0
      ? []
      : [{ job, key: orderKey(planner.policy, job.lane.weight, job, now), reason: reasonOf(job) }],
  )
  keyed.sort((left, right) => left.key - right.key || left.job.sequence - right.job.sequence)
  const { kept } = planner
  const queue = keyed.map(({ job, reason }, index): WaitingDecision => {
    const decision = { kind: 'waiting', job: job.id, reason, place: index + 1 } as const
    return job === kept?.job ? { ...decision, expectedStart: kept.reservation.shadow.time } : decision
  })
  const unable = waiting.filter((job) => job.lane?.jobClass.merits.length === 0).sort(byId)
  return [
    ...queue,
    ...unable.map(({ id }): WaitingDecision => ({ kind: 'waiting', job: id, reason: 'no-provider-able' })),
  ]
}

function reasonOf(job: WaitingJob): WaitingReason {
  return job.lane?.jobClass.isHeld === true ? 'behind-earlier-jobs' : 'providers-busy'
}

function byId(left: { readonly id: Hex }, right: { readonly id: Hex }): number {
  if (left.id === right.id) return 0
  return left.id < right.id ? -1 : 1
}
