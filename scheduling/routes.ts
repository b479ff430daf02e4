import type { Decision } from './decision.ts'
import { cpusOf } from './demand.ts'
import { roomOf } from './feasible.ts'
import type { JobClass } from './jobClass.ts'
import { endOf, type Prepared } from './plannerOf.ts'
import { Profile } from './profile.ts'
import type { Snapshot, SnapshotJob } from './snapshot.ts'

/**
 * Gives every job at once to the cluster that would end it first by a conservative plan, in the order of submission (minimum completion
 * time, as `sbatch --clusters` does; Mu'alem and Feitelson, 2001, for the plan). It reckons in processors alone, as what a cluster does
 * with its queue is its own affair.
 */
export function routes(snapshot: Snapshot, { queued, hindered }: Prepared): readonly Decision[] {
  const profiles = profilesOf(snapshot)
  const rooms = new Map(snapshot.providers.map((provider) => [provider.index, roomOf(provider, snapshot)]))
  const inOrder = [...queued].sort((left, right) => left.sequence - right.sequence)
  const decisions = inOrder.map((job): Decision => {
    const jobClass = job.lane?.jobClass
    if (jobClass === undefined || jobClass.merits.length === 0) {
      return { kind: 'waiting', job: job.id, reason: 'no-provider-able' }
    }
    const chosen = soonest(jobClass, profiles, rooms, snapshot.now)
    if (chosen === undefined) return { kind: 'waiting', job: job.id, reason: 'providers-busy' }
    const { provider, rate } = chosen
    const reason = job.request.provider === 0 ? 'ends-first' : 'named-by-request'
    return { kind: 'placed', job: job.id, provider, rate, reason }
  })
  return [...decisions, ...hindered]
}

function soonest(
  jobClass: JobClass,
  profiles: ReadonlyMap<number, Profile>,
  rooms: Map<number, number | string>,
  now: number,
): { readonly provider: number; readonly rate: bigint } | undefined {
  const cpus = jobClass.demand.tasks * jobClass.demand.cpus
  let best: { provider: number; rate: bigint; start: number } | undefined
  for (const { cluster, rate } of jobClass.merits) {
    const room = rooms.get(cluster.provider)
    const start = profiles.get(cluster.provider)?.earliest(now, cpus, jobClass.timeLimit) ?? Number.POSITIVE_INFINITY
    const isBetter = typeof room === 'number' && room > 0 && start < (best?.start ?? Number.POSITIVE_INFINITY)
    if (isBetter) best = { provider: cluster.provider, rate, start }
  }
  if (best === undefined) return undefined
  profiles.get(best.provider)?.reserve(best.start, cpus, jobClass.timeLimit)
  rooms.set(best.provider, Number(rooms.get(best.provider)) - 1)
  return best
}

// What runs is there until its limit; what is queued at a cluster is planned in the order it came there.
function profilesOf(snapshot: Snapshot): ReadonlyMap<number, Profile> {
  const { now } = snapshot
  const profiles = new Map(
    snapshot.providers.map(({ index, offer }) => [index, new Profile(now, cpusOf(offer?.nodes ?? []))]),
  )
  const open = snapshot.jobs.filter((job) => job.status !== 'PENDING')
  for (const job of open.filter(({ status }) => status === 'RUNNING')) {
    profiles.get(job.provider)?.reserve(now, cpusOfJob(job), Math.max(1, endOf(job, now) - now))
  }
  const queued = open
    .filter(({ status }) => status !== 'RUNNING')
    .sort((a, b) => a.since - b.since || a.sequence - b.sequence)
  for (const job of queued) {
    const profile = profiles.get(job.provider)
    const start = profile?.earliest(now, cpusOfJob(job), job.request.timeLimit)
    if (start !== undefined && Number.isFinite(start)) profile?.reserve(start, cpusOfJob(job), job.request.timeLimit)
  }
  return profiles
}

function cpusOfJob({ request }: SnapshotJob): number {
  return request.tasks * request.cpusPerTask
}
