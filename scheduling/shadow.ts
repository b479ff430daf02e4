import type { Cluster } from './cluster.ts'
import type { Demand } from './demand.ts'
import type { Nodes, Shares } from './nodes.ts'

/** The earliest start of a blocked job that is certain: when enough running jobs have used up their time limits. */
export interface Shadow {
  readonly cluster: Cluster
  /** Unix seconds. */
  readonly time: number
  readonly demand: Demand
  /** Where the job goes then: a first fit, which `keepBusyFirst` betters. */
  readonly shares: Shares
  /** What is left free at that time beside the job. */
  readonly left: Nodes
}

/**
 * The shadow of a job on a cluster; undefined where it does not fit even on idle nodes. `before` cuts the search short: a later shadow
 * is of no interest. A job past its limit is taken to end in the next second.
 * A second shadow on the same cluster overwrites the first.
 */
export function shadowOf(cluster: Cluster, demand: Demand, now: number, before: number): Shadow | undefined {
  const { later } = cluster
  later.copyFrom(cluster.nodes)
  let time = now
  let shares = later.take(demand)
  if (shares !== undefined) return { cluster, time, demand, shares, left: later }
  // All that end at one time are given back before the job is tried: it may need all of their nodes, and none may count as kept.
  cluster.runs.look((run) => {
    const end = Math.max(run.end, now + 1)
    if (end > time) {
      shares = later.take(demand)
      if (shares !== undefined || end >= before) return true
      time = end
    }
    later.give(run.demand, run.shares)
    return false
  })
  shares ??= time < before ? later.take(demand) : undefined
  return shares === undefined ? undefined : { cluster, time, demand, shares, left: later }
}

/** Moves the job of a shadow to nodes that are busy now, as far as they go, so that those that are free now stay open to others. */
export function keepBusyFirst({ cluster, demand, shares }: Shadow): void {
  const { nodes, later } = cluster
  if (demand.gpus > 0) return
  later.give(demand, shares)
  let rest = demand.tasks
  for (const isFreeNow of [false, true]) {
    for (let node = 0; node < nodes.count && rest > 0; node += 1) {
      if (nodes.tasksThatFit(node, demand, 0) > 0 !== isFreeNow) continue
      const tasks = Math.min(rest, later.tasksThatFit(node, demand, 0))
      if (tasks > 0) later.hold(demand, [node, tasks, 0])
      rest -= tasks
    }
  }
}
