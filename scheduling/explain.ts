import type { Hex } from '../sdk/domain/job.ts'
import type { Decision } from './decision.ts'
import { demandOf } from './demand.ts'
import { expectedStart } from './expectedStart.ts'
import { roomOf, unsuitableFor } from './feasible.ts'
import { Nodes } from './nodes.ts'
import { plan } from './plan.ts'
import { DEFAULT_POLICY, type Policy, policyNamed } from './policies.ts'
import { wishesOf } from './preference.ts'
import { type RefusalReason, sentenceOf } from './reasons.ts'
import type { Snapshot, SnapshotJob, SnapshotProvider } from './snapshot.ts'

/** Why one provider does not get the job. */
export interface Refusal {
  readonly provider: number
  readonly reason: RefusalReason
  readonly sentence: string
}

/** The decision about one job, with what each other provider lacks. */
export interface Explanation {
  readonly decision: Decision
  readonly sentence: string
  /** Unix seconds at which the job starts if nothing more is submitted and every job uses its whole time limit; absent where that is not known. */
  readonly expectedStart?: number
  /** By provider index, without the provider it was given to. */
  readonly refusals: readonly Refusal[]
}

/** Explains the plan's decision about a job to people; undefined where the job is not waiting. */
export function explain(
  snapshot: Snapshot,
  id: Hex,
  policy: Policy = policyNamed(DEFAULT_POLICY),
): Explanation | undefined {
  const job = snapshot.jobs.find((candidate) => candidate.id === id)
  const decision = plan(snapshot, policy).decisions.find((candidate) => candidate.job === id)
  if (job === undefined || decision === undefined) return undefined
  const refusals = [...snapshot.providers]
    .sort((left, right) => left.index - right.index)
    .filter((provider) => decision.kind === 'waiting' || decision.provider !== provider.index)
    .flatMap((provider) => refusalOf(provider, job, snapshot, decision))
  const explanation = { decision, sentence: sentenceOf(decision.reason), refusals }
  const start =
    decision.kind === 'waiting' && decision.place !== undefined ? expectedStart(snapshot, policy, id) : undefined
  return start === undefined ? explanation : { ...explanation, expectedStart: start }
}

function refusalOf(provider: SnapshotProvider, job: SnapshotJob, snapshot: Snapshot, decision: Decision): Refusal[] {
  const reason =
    reasonAgainst(provider, job, snapshot) ??
    (decision.kind === 'waiting' ? busyOrKept(provider, job, snapshot) : undefined)
  return reason === undefined ? [] : [{ provider: provider.index, reason, sentence: sentenceOf(reason) }]
}

// Whether the nodes are in use, or free and kept for a job ahead.
function busyOrKept(provider: SnapshotProvider, job: SnapshotJob, snapshot: Snapshot): RefusalReason {
  const nodes = Nodes.ofGroups(provider.offer?.nodes ?? [])
  const open = snapshot.jobs.filter((one) => one.provider === provider.index && one.status !== 'PENDING')
  for (const one of open.sort((left, right) => left.since - right.since || left.sequence - right.sequence)) {
    nodes.take(demandOf(one.request))
  }
  return nodes.take(demandOf(job.request)) === undefined ? 'nodes-busy' : 'nodes-reserved'
}

function reasonAgainst(provider: SnapshotProvider, job: SnapshotJob, snapshot: Snapshot): RefusalReason | undefined {
  const unsuitable = unsuitableFor(provider, job, wishesOf(job.request.work.affinity)?.rules ?? [])
  if (unsuitable !== undefined) return unsuitable
  const idle = Nodes.ofGroups(provider.offer?.nodes ?? [])
  if (idle.take(demandOf(job.request)) === undefined) return 'nodes-too-small'
  const room = roomOf(provider, snapshot)
  return typeof room === 'number' ? undefined : room
}
