import type { NodeGroup } from '../sdk/domain/provider.ts'
import type { Demand } from './demand.ts'

/** Where the tasks of a job run: the node of a single task, else triples of node, tasks there, and gpus of each of these tasks. */
export type Shares = number | readonly number[]

/** The three numbers of a row stand together, with one unused, so that a row is never split between two cache lines. */
const CPUS = 0
const MEM = 1
const GPUS = 2
const STRIDE = 4
const LARGEST = 2 ** 31 - 1

/**
 * What is free of each node of a cluster, under a tree of maxima: the first node with room for a task is found, and a node changed,
 * in time that grows with the logarithm of the nodes. Row 1 is the root, rows 2r and 2r + 1 are below row r, row `base + n` is node n.
 */
export class Nodes {
  readonly count: number
  freeCpus = 0
  freeMem = 0
  freeGpus = 0
  private readonly base: number
  private readonly rows: Int32Array
  private readonly outline: Int32Array
  private readonly outlineAt: number

  /** `outline`, four numbers from `at` on, always says the most that one node has free of cpus, MB and gpus, and the free cpus in all. */
  constructor(count: number, outline: Int32Array = new Int32Array(4), at = 0) {
    this.count = count
    this.outline = outline
    this.outlineAt = at
    this.base = 2 ** Math.ceil(Math.log2(Math.max(1, count)))
    this.rows = new Int32Array(2 * this.base * STRIDE)
  }

  /** The idle nodes of an offer, in its order. */
  static ofGroups(groups: readonly NodeGroup[], outline?: Int32Array, at?: number): Nodes {
    const nodes = new Nodes(countOf(groups), outline, at)
    let node = 0
    for (const group of groups) {
      for (const until = node + group.count; node < until; node += 1)
        nodes.write(node, group.cpus, group.mem, group.gpus)
    }
    nodes.rebuild()
    return nodes
  }

  cpusAt(node: number): number {
    return this.rows[(this.base + node) * STRIDE + CPUS] as number
  }

  memAt(node: number): number {
    return this.rows[(this.base + node) * STRIDE + MEM] as number
  }

  gpusAt(node: number): number {
    return this.rows[(this.base + node) * STRIDE + GPUS] as number
  }

  /** Becomes a copy of other nodes of the same count. */
  copyFrom(other: Nodes): void {
    this.rows.set(other.rows)
    this.freeCpus = other.freeCpus
    this.freeMem = other.freeMem
    this.freeGpus = other.freeGpus
    this.sketch()
  }

  /** Becomes, node by node, the smaller of two others of the same count. */
  becomeSmaller(left: Nodes, right: Nodes): void {
    for (let at = this.base * STRIDE; at < this.rows.length; at += 1) {
      this.rows[at] = Math.min(left.rows[at] as number, right.rows[at] as number)
    }
    this.rebuild()
  }

  /** Sets a node to the smaller of what it is in two others of the same count. */
  setSmaller(node: number, left: Nodes, right: Nodes): void {
    const cpus = Math.min(left.cpusAt(node), right.cpusAt(node))
    const mem = Math.min(left.memAt(node), right.memAt(node))
    const gpus = Math.min(left.gpusAt(node), right.gpusAt(node))
    this.add(node, cpus - this.cpusAt(node), mem - this.memAt(node), gpus - this.gpusAt(node))
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
    if (typeof shares === 'number') {
      this.change(shares, demand, -1, demand.more)
      return
    }
    for (let at = 0; at < shares.length; at += 3) {
      this.change(shares[at] as number, demand, -(shares[at + 1] as number), shares[at + 2] as number)
    }
  }

  /** Gives back what a job took. */
  give(demand: Demand, shares: Shares): void {
    if (typeof shares === 'number') {
      this.change(shares, demand, 1, demand.more)
      return
    }
    for (let at = 0; at < shares.length; at += 3) {
      this.change(shares[at] as number, demand, shares[at + 1] as number, shares[at + 2] as number)
    }
  }

  /** How many tasks of a job fit on what is free of a node. */
  tasksThatFit(node: number, demand: Demand, gpusPerTask: number): number {
    let fit = Math.floor(this.cpusAt(node) / demand.cpus)
    if (demand.mem > 0) fit = Math.min(fit, Math.floor(this.memAt(node) / demand.mem))
    if (gpusPerTask > 0) fit = Math.min(fit, Math.floor(this.gpusAt(node) / gpusPerTask))
    return fit
  }

  private takeOne(demand: Demand): Shares | undefined {
    const node = this.first(1, demand.cpus, demand.mem, demand.more)
    if (node < 0) return undefined
    this.change(node, demand, -1, demand.more)
    return node
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

  // From `start` on in the order of nodes: a row that is too small is left to its right, whatever is below it.
  private first(start: number, cpus: number, mem: number, gpus: number): number {
    const { base, rows } = this
    let row = start
    for (;;) {
      const at = row * STRIDE
      const fits = (rows[at] as number) >= cpus && (rows[at + 1] as number) >= mem && (rows[at + 2] as number) >= gpus
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
    this.add(node, tasks * demand.cpus, tasks * demand.mem, tasks * gpusPerTask)
  }

  private add(node: number, cpus: number, mem: number, gpus: number): void {
    const { rows } = this
    const row = this.base + node
    const at = row * STRIDE
    this.freeCpus += cpus
    this.freeMem += mem
    this.freeGpus += gpus
    rows[at] = (rows[at] as number) + cpus
    rows[at + 1] = (rows[at + 1] as number) + mem
    rows[at + 2] = (rows[at + 2] as number) + gpus
    for (let up = row >> 1; up > 0 && this.pull(up); up >>= 1);
    this.sketch()
  }

  private sketch(): void {
    const { rows, outline, outlineAt } = this
    outline[outlineAt] = rows[STRIDE + CPUS] as number
    outline[outlineAt + 1] = rows[STRIDE + MEM] as number
    outline[outlineAt + 2] = rows[STRIDE + GPUS] as number
    outline[outlineAt + 3] = this.freeCpus
  }

  private write(node: number, cpus: number, mem: number, gpus: number): void {
    const at = (this.base + node) * STRIDE
    this.rows[at + CPUS] = Math.min(cpus, LARGEST)
    this.rows[at + MEM] = Math.min(mem, LARGEST)
    this.rows[at + GPUS] = Math.min(gpus, LARGEST)
  }

  private rebuild(): void {
    this.freeCpus = 0
    this.freeMem = 0
    this.freeGpus = 0
    for (let node = 0; node < this.count; node += 1) {
      this.freeCpus += this.cpusAt(node)
      this.freeMem += this.memAt(node)
      this.freeGpus += this.gpusAt(node)
    }
    for (let row = this.base - 1; row > 0; row -= 1) this.pull(row)
    this.sketch()
  }

  // Whether the row changed.
  private pull(row: number): boolean {
    const { rows } = this
    const at = row * STRIDE
    const left = 2 * at
    const right = left + STRIDE
    const cpus = Math.max(rows[left] as number, rows[right] as number)
    const mem = Math.max(rows[left + 1] as number, rows[right + 1] as number)
    const gpus = Math.max(rows[left + 2] as number, rows[right + 2] as number)
    if (cpus === rows[at] && mem === rows[at + 1] && gpus === rows[at + 2]) return false
    rows[at] = cpus
    rows[at + 1] = mem
    rows[at + 2] = gpus
    return true
  }
}

function countOf(groups: readonly NodeGroup[]): number {
  return groups.reduce((sum, group) => sum + group.count, 0)
}
