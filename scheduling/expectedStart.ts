import type { Hex } from '../sdk/domain/job.ts'
import type { Cluster, Run } from './cluster.ts'
import { plannerOf } from './plannerOf.ts'
import type { Policy } from './policies.ts'
import type { Snapshot } from './snapshot.ts'

/** So many ends are looked ahead. */
const HORIZON = 10_000

/**
 * Unix seconds at which a job would start if nothing were submitted any more and every job used its whole time limit: the plan carried
 * forward from end to end. Undefined where it is too far to tell, or never.
 */
export function expectedStart(snapshot: Snapshot, policy: Policy, id: Hex): number | undefined {
  const { planner } = plannerOf(snapshot, policy)
  let { now } = snapshot
  for (let step = 0; step < HORIZON; step += 1) {
    const started = planner.tick(now).find(({ job }) => job.id === id)
    if (started !== undefined) return Math.max(now, started.run.freeFrom)
    const next = firstEnd(planner.market.clusters)
    if (next === undefined) return undefined
    now = Math.max(now, next.end)
    planner.release(next)
  }
  return undefined
}

function firstEnd(clusters: readonly Cluster[]): Run | undefined {
  let first: Run | undefined
  for (const { runs } of clusters) {
    runs.look((run) => {
      if (first === undefined || run.end < first.end) first = run
      return true
    })
  }
  return first
}
