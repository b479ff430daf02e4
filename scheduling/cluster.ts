import type { NodeGroup } from '../sdk/domain/provider.ts'
import type { Demand } from './demand.ts'
import { EndQueue } from './endQueue.ts'
import { Nodes, type Shares } from './nodes.ts'

/** A job on its nodes. */
export interface Run {
  readonly cluster: Cluster
  readonly demand: Demand
  readonly shares: Shares
  /** Unix seconds at which the time limit ends it. */
  readonly end: number
  isOver: boolean
  /** Unix seconds from which its nodes are free for it; 0 where they were when it started. */
  readonly freeFrom: number
}

/** The nodes of one provider and what runs on them. */
export class Cluster {
  /** Place among the clusters of the planner, in the order of provider indexes. */
  readonly position: number
  readonly provider: number
  readonly idle: Nodes
  readonly nodes: Nodes
  readonly cpus: number
  readonly runs = new EndQueue()
  private laterNodes: Nodes | undefined
  private lastingNodes: Nodes | undefined
  /** How many more jobs the provider takes. */
  room: number

  /** `outlines` holds those of all clusters, four numbers each, where one look tells most of what has no room. */
  constructor(position: number, provider: number, groups: readonly NodeGroup[], room: number, outlines: Int32Array) {
    this.position = position
    this.provider = provider
    this.idle = Nodes.ofGroups(groups)
    this.nodes = Nodes.ofGroups(groups, outlines, 4 * position)
    this.cpus = this.idle.freeCpus
    this.room = room
  }

  /** Room to work out what is free at a later time: one reservation at a time uses it. */
  get later(): Nodes {
    this.laterNodes ??= new Nodes(this.nodes.count)
    return this.laterNodes
  }

  /** Room to work out what lasts from now until then. */
  get lasting(): Nodes {
    this.lastingNodes ??= new Nodes(this.nodes.count)
    return this.lastingNodes
  }

  /** Whether a job fits on the nodes when nothing else runs. */
  fitsIdle(demand: Demand): boolean {
    const shares = this.idle.take(demand)
    if (shares !== undefined) this.idle.give(demand, shares)
    return shares !== undefined
  }

  /** Puts a job on nodes whose room has been taken for it. */
  start(demand: Demand, shares: Shares, end: number, freeFrom = 0): Run {
    const run = { cluster: this, demand, shares, end, freeFrom, isOver: false }
    this.runs.push(run)
    return run
  }

  /** How many jobs were sent here ahead of their nodes, which are still busy at `now`. */
  aheadAt(now: number): number {
    return this.runs.live().filter(({ freeFrom }) => freeFrom > now).length
  }

  /** Ends a run and frees its nodes. */
  end(run: Run): void {
    run.isOver = true
    this.runs.noteOver()
    this.nodes.give(run.demand, run.shares)
  }
}
