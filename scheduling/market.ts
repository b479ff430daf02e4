import { Cluster } from './cluster.ts'
import type { Demand } from './demand.ts'
import { roomOf } from './feasible.ts'
import type { JobClass } from './jobClass.ts'
import type { Snapshot, SnapshotProvider } from './snapshot.ts'

/** A provider that may be given jobs, with its cluster. */
export interface Seller {
  readonly provider: SnapshotProvider
  readonly cluster: Cluster
}

const LOG_LENGTH = 4096

/** The clusters of the grid, and a log of where something ended, from which each class learns in its own time what to look at again. */
export class Market {
  readonly clusters: readonly Cluster[]
  /** Those that may be given jobs now or when one of their jobs ends. */
  readonly sellers: readonly Seller[]
  /** How many runs have ended since the market was made. */
  ended = 0
  /** Four numbers a cluster: what `Nodes` says of it. */
  private readonly outlines: Int32Array
  private readonly byProvider = new Map<number, Cluster>()
  private readonly log = new Int32Array(LOG_LENGTH)
  private readonly totals = { cpus: 0, mem: 0, gpus: 0 }

  constructor(snapshot: Pick<Snapshot, 'providers' | 'minimumStake' | 'penalty'>) {
    const providers = [...snapshot.providers].sort((left, right) => left.index - right.index)
    this.outlines = new Int32Array(4 * providers.length)
    const sellers = providers.map((provider, position): Seller & { readonly isOpen: boolean } => {
      const room = roomOf(provider, snapshot)
      const isFull = room === 'open-jobs-at-limit' || room === 'stake-all-reserved'
      const groups = provider.offer?.nodes ?? []
      const cluster = new Cluster(position, provider.index, groups, typeof room === 'number' ? room : 0, this.outlines)
      return { provider, cluster, isOpen: typeof room === 'number' || isFull }
    })
    this.clusters = sellers.map(({ cluster }) => cluster)
    this.sellers = sellers.filter(({ isOpen }) => isOpen)
    for (const cluster of this.clusters) this.add(cluster)
  }

  clusterOf(provider: number): Cluster | undefined {
    return this.byProvider.get(provider)
  }

  /** Cpus that a demand amounts to by the resource of which it asks the largest share of the grid (dominant share, Ghodsi et al., 2011). */
  sizeOf(demand: Demand): number {
    const { cpus, mem, gpus } = this.totals
    const wanted = demand.tasks * demand.cpus
    const byMem = mem > 0 ? (demand.tasks * demand.mem * cpus) / mem : 0
    const byGpus = gpus > 0 ? (demand.gpus * cpus) / gpus : 0
    return Math.max(wanted, byMem, byGpus)
  }

  /** Notes that something ended on a cluster. */
  noteEnd(cluster: Cluster): void {
    this.log[this.ended % LOG_LENGTH] = cluster.position
    this.ended += 1
  }

  /** Opens for a class the clusters on which something ended since it last looked. */
  catchUp(jobClass: JobClass): void {
    if (this.ended - jobClass.seen > LOG_LENGTH) jobClass.openAll()
    else for (let at = jobClass.seen; at < this.ended; at += 1) jobClass.openAt(this.log[at % LOG_LENGTH] as number)
    jobClass.seen = this.ended
  }

  /** Whether the cluster at a position may have room for a demand now: false is certain, true is not. */
  mayFit(position: number, demand: Demand): boolean {
    const { outlines } = this
    const at = 4 * position
    return (
      (outlines[at + 3] as number) >= demand.tasks * demand.cpus &&
      (outlines[at] as number) >= demand.cpus &&
      (outlines[at + 1] as number) >= demand.mem &&
      (outlines[at + 2] as number) >= demand.more
    )
  }

  private add(cluster: Cluster): void {
    this.byProvider.set(cluster.provider, cluster)
    this.totals.cpus += cluster.idle.freeCpus
    this.totals.mem += cluster.idle.freeMem
    this.totals.gpus += cluster.idle.freeGpus
  }
}
