import type { NodeGroup } from '../sdk/domain/provider.ts'
import type { Demand } from './demand.ts'

/** Where the tasks of a job run: triples of node, tasks there, and gpus of each of these tasks. */
export type Shares = readonly number[]

/**
 * What is free of each node of a cluster, under a tree of maxima: the first node with room for a task is found, and a node changed,
 * in time that grows with the logarithm of the nodes. Row 1 is the root, row `base + n` is node n.
 */
export class Nodes {
  readonly count: number
  readonly base: number
  readonly cpus: Int32Array
  readonly mem: Float64Array
  readonly gpus: Int32Array
  freeCpus = 0
  freeMem = 0
  freeGpus = 0

  constructor(count: number) {
    this.count = count
    this.base = 2 ** Math.ceil(Math.log2(Math.max(1, count)))
    this.cpus = new Int32Array(2 * this.base)
    this.mem = new Float64Array(2 * this.base)
    this.gpus = new Int32Array(2 * this.base)
  }

  /** The idle nodes of an offer, in its order. */
  static ofGroups(groups: readonly NodeGroup[]): Nodes {
    const nodes = new Nodes(groups.reduce((sum, group) => sum + group.count, 0))
    let row = nodes.base
    for (const group of groups) {
      nodes.cpus.fill(group.cpus, row, row + group.count)
      nodes.mem.fill(group.mem, row, row + group.count)
      nodes.gpus.fill(group.gpus, row, row + group.count)
      row += group.count
    }
    nodes.rebuild()
    return nodes
  }

  /** Becomes a copy of other nodes of the same count. */
  copyFrom(other: Nodes): void {
    this.cpus.set(other.cpus)
    this.mem.set(other.mem)
    this.gpus.set(other.gpus)
    this.freeCpus = other.freeCpus
    this.freeMem = other.freeMem
    this.freeGpus = other.freeGpus
  }

  /** Works out maxima and sums after rows of nodes were written directly. */
  rebuild(): void {
    const { base, cpus, mem, gpus } = this
    this.freeCpus = 0
    this.freeMem = 0
    this.freeGpus = 0
    for (let row = base; row < base + this.count; row += 1) {
      this.freeCpus += cpus[row] as number
      this.freeMem += mem[row] as number
      this.freeGpus += gpus[row] as number
    }
    for (let row = base - 1; row > 0; row -= 1) this.pull(row)
  }

  /** Takes the room for a job, first fit, or changes nothing and returns undefined. Tasks with more gpus are placed first. */
  take(demand: Demand): Shares | undefined {
    if (!this.mayFit(demand)) return undefined
    if (demand.tasks === 1) return this.takeOne(demand)
    const shares: number[] = []
    if (
      this.takeSome(demand, demand.dealt, demand.more, shares) &&
      this.takeSome(demand, demand.tasks - demand.dealt, Math.max(0, demand.more - 1), shares)
    ) {
      return shares
    }
    this.give(demand, shares)
    return undefined
  }

  /** Whether the sums leave room for the job: false is certain, true is not. */
  mayFit(demand: Demand): boolean {
    const { tasks } = demand
    return this.freeCpus >= tasks * demand.cpus && this.freeMem >= tasks * demand.mem && this.freeGpus >= demand.gpus
  }

  /** Takes room that is known to be there. */
  hold(demand: Demand, shares: Shares): void {
    for (let at = 0; at < shares.length; at += 3) {
      this.change(shares[at] as number, demand, -(shares[at + 1] as number), shares[at + 2] as number)
    }
  }

  /** Gives back what a job took. */
  give(demand: Demand, shares: Shares): void {
    for (let at = 0; at < shares.length; at += 3) {
      this.change(shares[at] as number, demand, shares[at + 1] as number, shares[at + 2] as number)
    }
  }

  /** Sets what is free of one node. */
  set(node: number, cpus: number, mem: number, gpus: number): void {
    const row = this.base + node
    this.freeCpus += cpus - (this.cpus[row] as number)
    this.freeMem += mem - (this.mem[row] as number)
    this.freeGpus += gpus - (this.gpus[row] as number)
    this.cpus[row] = cpus
    this.mem[row] = mem
    this.gpus[row] = gpus
    this.lift(row)
  }

  private takeOne(demand: Demand): Shares | undefined {
    const node = this.first(1, demand.cpus, demand.mem, demand.more)
    if (node < 0) return undefined
    this.change(node, demand, -1, demand.more)
    return [node, 1, demand.more]
  }

  private takeSome(demand: Demand, tasks: number, gpusPerTask: number, shares: number[]): boolean {
    let rest = tasks
    let row = 1
    while (rest > 0) {
      const node = this.first(row, demand.cpus, demand.mem, gpusPerTask)
      if (node < 0) return false
      const here = Math.min(rest, this.tasksThatFit(node, demand, gpusPerTask))
      shares.push(node, here, gpusPerTask)
      this.change(node, demand, -here, gpusPerTask)
      rest -= here
      row = this.base + node
    }
    return true
  }

  /** How many tasks of a job fit on what is free of a node. */
  tasksThatFit(node: number, demand: Demand, gpusPerTask: number): number {
    const row = this.base + node
    let fit = Math.floor((this.cpus[row] as number) / demand.cpus)
    if (demand.mem > 0) fit = Math.min(fit, Math.floor((this.mem[row] as number) / demand.mem))
    if (gpusPerTask > 0) fit = Math.min(fit, Math.floor((this.gpus[row] as number) / gpusPerTask))
    return fit
  }

  // From `start` on in the order of nodes: a row that is too small is left to its right, whatever is below it.
  private first(start: number, cpus: number, mem: number, gpus: number): number {
    const { base, cpus: cpuRows, mem: memRows, gpus: gpuRows } = this
    let row = start
    for (;;) {
      const fits =
        (cpuRows[row] as number) >= cpus && (gpuRows[row] as number) >= gpus && (memRows[row] as number) >= mem
      if (fits && row >= base) return row - base
      if (fits) {
        row *= 2
        continue
      }
      while ((row & 1) === 1) row >>= 1
      if (row === 0) return -1
      row += 1
    }
  }

  private change(node: number, demand: Demand, tasks: number, gpusPerTask: number): void {
    const row = this.base + node
    const cpus = tasks * demand.cpus
    const mem = tasks * demand.mem
    const gpus = tasks * gpusPerTask
    this.freeCpus += cpus
    this.freeMem += mem
    this.freeGpus += gpus
    this.cpus[row] = (this.cpus[row] as number) + cpus
    this.mem[row] = (this.mem[row] as number) + mem
    this.gpus[row] = (this.gpus[row] as number) + gpus
    this.lift(row)
  }

  private lift(row: number): void {
    for (let up = row >> 1; up > 0 && this.pull(up); up >>= 1);
  }

  // Whether the row changed.
  private pull(row: number): boolean {
    const left = 2 * row
    const cpus = Math.max(this.cpus[left] as number, this.cpus[left + 1] as number)
    const mem = Math.max(this.mem[left] as number, this.mem[left + 1] as number)
    const gpus = Math.max(this.gpus[left] as number, this.gpus[left + 1] as number)
    const isSame = cpus === this.cpus[row] && mem === this.mem[row] && gpus === this.gpus[row]
    if (isSame) return false
    this.cpus[row] = cpus
    this.mem[row] = mem
    this.gpus[row] = gpus
    return true
  }
}
