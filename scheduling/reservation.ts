import type { Demand } from './demand.ts'
import type { Shares } from './nodes.ts'
import { keepBusyFirst, type Shadow } from './shadow.ts'

/**
 * Nodes kept for one blocked job from its shadow time on (the EASY rule of Lifka, 1995, by nodes). Others may use its cluster if they end
 * before that time, or on what is left beside it.
 */
export class Reservation {
  readonly shadow: Shadow
  private isLastingKnown = false

  constructor(shadow: Shadow) {
    this.shadow = shadow
  }

  /** Takes room on the reserved cluster for a job that would run until `end`, or returns undefined. */
  take(demand: Demand, end: number): Shares | undefined {
    const { cluster, time } = this.shadow
    if (end > time) return this.takeLasting(demand)
    const shares = cluster.nodes.take(demand)
    if (shares !== undefined) this.refresh(shares)
    return shares
  }

  private takeLasting(demand: Demand): Shares | undefined {
    const { cluster, left } = this.shadow
    if (!cluster.nodes.mayFit(demand) || !left.mayFit(demand)) return undefined
    this.workOutLasting()
    const shares = cluster.lasting.take(demand)
    if (shares === undefined) return undefined
    cluster.nodes.hold(demand, shares)
    left.hold(demand, shares)
    this.refresh(shares)
    return shares
  }

  // What lasts of a node is the smaller of what is free now and what is left at the shadow time.
  private workOutLasting(): void {
    if (this.isLastingKnown) return
    this.isLastingKnown = true
    const { cluster, left } = this.shadow
    keepBusyFirst(this.shadow)
    cluster.lasting.becomeSmaller(cluster.nodes, left)
  }

  private refresh(shares: Shares): void {
    if (!this.isLastingKnown) return
    const { cluster, left } = this.shadow
    if (typeof shares === 'number') cluster.lasting.setSmaller(shares, cluster.nodes, left)
    else
      for (let at = 0; at < shares.length; at += 3)
        cluster.lasting.setSmaller(shares[at] as number, cluster.nodes, left)
  }
}
