import { type AffinityRule, affinityHolds } from '../sdk/domain/affinity.ts'
import type { JobRequest } from '../sdk/domain/job.ts'
import { MAX_RATE, ratePerMinute } from '../sdk/domain/settlement.ts'
import type { RefusalReason, WaitingReason } from './reasons.ts'
import type { Snapshot, SnapshotJob, SnapshotProvider } from './snapshot.ts'

/** Why no provider may be given the job at all; undefined where one may. */
export function hindranceOf(job: SnapshotJob, snapshot: Snapshot): WaitingReason | undefined {
  if (job.cancelRequested) return 'cancel-requested'
  if (job.attempt >= job.request.maxAttempts) return 'attempts-used-up'
  if (snapshot.now > startsUntil(job, snapshot.requeueWindow)) return 'start-by-passed'
  const definition = job.request.work.definition
  if (snapshot.definitionsHeld !== undefined && !snapshot.definitionsHeld.has(definition)) return 'definition-missing'
  return undefined
}

/** Unix seconds until which a waiting job may be assigned. */
export function startsUntil(job: SnapshotJob, requeueWindow: number): number {
  const { startBy } = job.request
  return job.attempt === 0 ? startBy : Math.max(startBy, job.since + requeueWindow)
}

/** How many more jobs a provider takes now by its own limit and its stake, or why none. */
export function roomOf(
  provider: SnapshotProvider,
  snapshot: Pick<Snapshot, 'minimumStake' | 'penalty'>,
): number | RefusalReason {
  if (provider.status !== 'APPROVED') return 'not-approved'
  if (provider.draining) return 'draining'
  if (provider.offer === undefined) return 'no-offer'
  const bonded = provider.stake - provider.unbonding
  if (bonded < snapshot.minimumStake) return 'stake-below-minimum'
  const places = provider.offer.maxOpenJobs - provider.openJobs
  if (places <= 0) return 'open-jobs-at-limit'
  if (snapshot.penalty === 0n) return places
  const covered = bonded / snapshot.penalty - BigInt(provider.openJobs)
  if (covered <= 0n) return 'stake-all-reserved'
  return covered < BigInt(places) ? Number(covered) : places
}

/** Why the offer of a provider does not suit a job whatever its load; undefined where it does. Nodes are looked at elsewhere. */
export function unsuitableFor(
  provider: SnapshotProvider,
  job: { readonly request: JobRequest; readonly failedBy: readonly number[]; readonly budget: bigint },
  rules: readonly AffinityRule[],
): RefusalReason | undefined {
  const { request } = job
  if (request.provider !== 0 && request.provider !== provider.index) return 'not-named-by-request'
  if (provider.offer === undefined) return 'no-offer'
  if (job.failedBy.includes(provider.index)) return 'failed-this-job'
  if (!affinityHolds(rules, provider.offer.labels)) return 'affinity-not-met'
  const rate = ratePerMinute(request, provider.offer.prices)
  if (rate <= 0n || rate > MAX_RATE) return 'rate-out-of-range'
  if (rate * BigInt(request.timeLimit) > job.budget * 60n) return 'budget-too-low'
  return undefined
}
