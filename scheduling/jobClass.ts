import type { Cluster } from './cluster.ts'
import type { Demand } from './demand.ts'
import type { Lane } from './lane.ts'
import type { Merit } from './merit.ts'
import type { PlacedReason } from './reasons.ts'

type JobClassParts = Pick<JobClass, 'demand' | 'timeLimit' | 'merits' | 'reasons' | 'equalUntil' | 'size'>

/**
 * Jobs that are alike to every provider: the same demand, time limit, affinity and affordable providers. What fails for one of them
 * fails for all, so the planner asks once. The open set holds the providers, best first, that may have room: a bit is cleared when the
 * class does not fit there, and set again when something ends there.
 */
export class JobClass {
  readonly demand: Demand
  /** Seconds. */
  readonly timeLimit: number
  /** Providers that can run the class when idle, best first. */
  readonly merits: readonly Merit[]
  /** Why the provider at each rank is preferred to the next; 'fits-best' where it is not, and the two are equal. */
  readonly reasons: readonly PlacedReason[]
  /** The last rank that is as good as each rank. */
  readonly equalUntil: Int32Array
  /** Cpus that the class asks for, or the like of them in the resource that it asks most of. */
  readonly size: number
  /** The share of its largest cluster that the class fills, 0 to 1. */
  readonly width: number
  /** Customers' queues, by customer. */
  readonly lanes = new Map<string, Lane>()
  /** How many of the grid's ends this class has looked at. */
  seen = 0
  /** The tick in which the class was last found blocked, and whether that was for a reservation alone. */
  blockedIn = -1
  isHeld = false
  private readonly rankOf: Int32Array
  private readonly positions: Int32Array
  private readonly open: Uint32Array

  constructor(parts: JobClassParts) {
    const { demand, timeLimit, merits, reasons, equalUntil, size } = parts
    this.demand = demand
    this.timeLimit = timeLimit
    this.merits = merits
    this.reasons = reasons
    this.equalUntil = equalUntil
    this.size = size
    const largest = merits.reduce((most, { cluster }) => Math.max(most, cluster.cpus), 1)
    this.width = Math.min(1, (demand.tasks * demand.cpus) / largest)
    this.positions = Int32Array.from(merits, ({ cluster }) => cluster.position)
    this.rankOf = new Int32Array(1 + this.positions.reduce((most, position) => Math.max(most, position), 0)).fill(-1)
    for (const [rank, { cluster }] of merits.entries()) this.rankOf[cluster.position] = rank
    this.open = new Uint32Array(Math.ceil(merits.length / 32))
    this.openAll()
  }

  openAll(): void {
    this.open.fill(0xffffffff)
    const rest = this.merits.length % 32
    if (rest > 0) this.open[this.open.length - 1] = 2 ** rest - 1
  }

  /** Something ended on the cluster at this position. */
  openAt(position: number): void {
    const rank = this.rankOf[position] ?? -1
    if (rank >= 0) this.open[rank >> 5] = (this.open[rank >> 5] as number) | (1 << (rank & 31))
  }

  close(rank: number): void {
    this.open[rank >> 5] = (this.open[rank >> 5] as number) & ~(1 << (rank & 31))
  }

  /** The first open rank from `rank` on; -1 where there is none. */
  firstOpen(rank: number): number {
    const { open } = this
    let word = rank >> 5
    if (word >= open.length) return -1
    let bits = (open[word] as number) & (-1 << (rank & 31))
    while (bits === 0) {
      word += 1
      if (word >= open.length) return -1
      bits = open[word] as number
    }
    return (word << 5) + 31 - Math.clz32(bits & -bits)
  }

  /** The position of the cluster at a rank. */
  positionAt(rank: number): number {
    return this.positions[rank] as number
  }

  clusterAt(rank: number): Cluster {
    return (this.merits[rank] as Merit).cluster
  }
}
