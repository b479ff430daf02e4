import type { Cluster } from './cluster.ts'
import { EndQueue } from './endQueue.ts'
import type { JobClass } from './jobClass.ts'
import { type Shadow, shadowOf } from './shadow.ts'

/** Of more clusters than this only those with the most free cpus are asked for a shadow: the search stays short on the largest grids. */
const ASKED = 16

/** The earliest shadow of a class over the clusters that can run it, the better provider first among equals. */
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
  const clusters = jobClass.merits.map(({ cluster }) => cluster).filter((cluster) => cluster.room > 0)
  if (clusters.length > ASKED) {
    clusters.sort((left, right) => right.nodes.freeCpus - left.nodes.freeCpus || left.position - right.position)
    clusters.length = ASKED
  }
  const wanted = jobClass.demand.tasks * jobClass.demand.cpus
  const candidates = clusters.map((cluster) => ({ cluster, from: freeFrom(cluster, wanted, now) }))
  return candidates.sort((left, right) => left.from - right.from)
}

function freeFrom(cluster: Cluster, wanted: number, now: number): number {
  let free = cluster.nodes.freeCpus
  if (free >= wanted) return now
  const ends = new EndQueue(cluster.runs)
  for (let run = ends.pop(); run !== undefined; run = ends.pop()) {
    free += run.demand.cpus * run.demand.tasks
    if (free >= wanted) return Math.max(run.end, now + 1)
  }
  return Number.POSITIVE_INFINITY
}
