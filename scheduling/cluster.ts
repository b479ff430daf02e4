import type { NodeGroup } from '../sdk/domain/provider.ts'
import type { Demand } from './demand.ts'
import { Nodes, type Shares } from './nodes.ts'

/** A job on its nodes. */
export interface Run {
  readonly cluster: Cluster
  readonly demand: Demand
  readonly shares: Shares
  /** Unix seconds at which the time limit ends it. */
  readonly end: number
  /** Where it stands in the list of its cluster. */
  at: number
}

/** The nodes of one provider and what runs on them. */
export class Cluster {
  /** Place among the clusters of the planner, in the order of provider indexes. */
  readonly position: number
  readonly provider: number
  readonly groups: readonly NodeGroup[]
  readonly idle: Nodes
  readonly nodes: Nodes
  readonly cpus: number
  readonly runs: Run[] = []
  /** Room to work out what is free at a later time, and what lasts from now until then: one reservation at a time uses it. */
  readonly later: Nodes
  readonly lasting: Nodes
  /** How many more jobs the provider takes. */
  room: number
  /** Changes with every start and end. */
  version = 0

  constructor(position: number, provider: number, groups: readonly NodeGroup[], room: number) {
    this.position = position
    this.provider = provider
    this.groups = groups
    this.idle = Nodes.ofGroups(groups)
    this.nodes = Nodes.ofGroups(groups)
    this.later = new Nodes(this.idle.count)
    this.lasting = new Nodes(this.idle.count)
    this.cpus = this.idle.freeCpus
    this.room = room
  }

  /** Whether a job fits on the nodes when nothing else runs. */
  fitsIdle(demand: Demand): boolean {
    const shares = this.idle.take(demand)
    if (shares !== undefined) this.idle.give(demand, shares)
    return shares !== undefined
  }

  /** Puts a job on nodes whose room has been taken for it. */
  start(demand: Demand, shares: Shares, end: number): Run {
    const run = { cluster: this, demand, shares, end, at: this.runs.length }
    this.runs.push(run)
    this.version += 1
    return run
  }

  /** Ends a run and frees its nodes. */
  end(run: Run): void {
    const last = this.runs.pop() as Run
    if (last !== run) {
      this.runs[run.at] = last
      last.at = run.at
    }
    this.nodes.give(run.demand, run.shares)
    this.version += 1
  }
}
