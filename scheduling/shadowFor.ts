import type { Cluster } from './cluster.ts'
import type { JobClass } from './jobClass.ts'
import { type Shadow, shadowOf } from './shadow.ts'

/** Of more clusters than this only those with the most free cpus are asked for a shadow: the search stays short on the largest grids. */
const ASKED = 16

/** The earliest shadow of a class over the clusters that can run it, the first provider among equals. */
export function shadowFor(jobClass: JobClass, now: number): Shadow | undefined {
  let best: Shadow | undefined
  for (const { cluster, from } of candidatesOf(jobClass, now)) {
    const before = best?.time ?? Number.POSITIVE_INFINITY
    if (from >= before) continue
    best = shadowOf(cluster, jobClass.demand, now, before) ?? best
  }
  return best
}

interface Candidate {
  readonly cluster: Cluster
  /** The cpus in all are not free before. */
  readonly from: number
}

function candidatesOf(jobClass: JobClass, now: number): Candidate[] {
  const clusters = roomiest(jobClass)
  const wanted = jobClass.demand.tasks * jobClass.demand.cpus
  const candidates = clusters.map((cluster) => ({ cluster, from: freeFrom(cluster, wanted, now) }))
  return candidates.sort((left, right) => left.from - right.from || left.cluster.position - right.cluster.position)
}

// By insertion: most of many clusters are not among the few that are kept.
function roomiest(jobClass: JobClass): readonly Cluster[] {
  const kept: Cluster[] = []
  for (const { cluster } of jobClass.merits) {
    const last = kept[ASKED - 1]
    if (cluster.room <= 0 || (last !== undefined && !isRoomier(cluster, last))) continue
    const at = kept.findIndex((other) => isRoomier(cluster, other))
    kept.splice(at < 0 ? kept.length : at, 0, cluster)
    if (kept.length > ASKED) kept.pop()
  }
  return kept
}

function isRoomier(left: Cluster, right: Cluster): boolean {
  const more = left.nodes.freeCpus - right.nodes.freeCpus
  return more > 0 || (more === 0 && left.position < right.position)
}

function freeFrom(cluster: Cluster, wanted: number, now: number): number {
  let free = cluster.nodes.freeCpus
  if (free >= wanted) return now
  let from = Number.POSITIVE_INFINITY
  cluster.runs.look((run) => {
    free += run.demand.cpus * run.demand.tasks
    if (free >= wanted) from = Math.max(run.end, now + 1)
    return free >= wanted
  })
  return from
}
