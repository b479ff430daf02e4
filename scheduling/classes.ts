import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import { budgetRoundedUp } from '../sdk/domain/settlement.ts'
import { demandOf } from './demand.ts'
import { unsuitableFor } from './feasible.ts'
import { JobClass } from './jobClass.ts'
import type { Market } from './market.ts'
import { byMerit, type Merit, meritOf, reasonFor } from './merit.ts'
import { wishesOf } from './preference.ts'
import type { PlacedReason } from './reasons.ts'

/** What decides about the class of a job. */
export interface Classified {
  readonly id: Hex
  readonly request: JobRequest
  /** Locked credits, 18 decimals. */
  readonly budget: bigint
  readonly failedBy: readonly number[]
}

interface Known {
  readonly request: JobRequest
  readonly jobClass: JobClass
  /** A budget that all providers of the class accept. */
  readonly budget: bigint
}

/** Finds the class of a job, and makes it when it is the first of its kind. */
export class Classes {
  readonly all: JobClass[] = []
  private readonly market: Market
  private readonly byKey = new Map<string, Known>()
  private readonly recent: (Known | undefined)[] = new Array(4096).fill(undefined)

  constructor(market: Market) {
    this.market = market
  }

  /** The class of a job; undefined where its affinity cannot be read. A class without merits is one that no provider can run. */
  of(job: Classified): JobClass | undefined {
    const { request } = job
    const slot = slotOf(request)
    const recent = this.recent[slot]
    if (recent !== undefined && job.failedBy.length === 0 && isAlike(recent, request, job.budget))
      return recent.jobClass
    const known = this.byKeyOf(job)
    if (known !== undefined && job.failedBy.length === 0) this.recent[slot] = known
    return known?.jobClass
  }

  private byKeyOf(job: Classified): Known | undefined {
    const key = keyOf(job)
    const known = this.byKey.get(key)
    if (known !== undefined && job.budget >= known.budget) return known
    const merits = this.meritsOf(job)
    if (merits === undefined) return undefined
    const affordable = `${key} ${merits.map((merit) => merit.cluster.provider).join(' ')}`
    const same = this.byKey.get(affordable)
    if (same !== undefined) return same
    const made = this.make(job, merits)
    this.byKey.set(affordable, made)
    if (this.isWhole(job, merits)) this.byKey.set(key, made)
    return made
  }

  // Whether more budget would open no more providers.
  private isWhole(job: Classified, merits: readonly Merit[]): boolean {
    return this.meritsOf({ ...job, budget: UNLIMITED })?.length === merits.length
  }

  private meritsOf(job: Classified): Merit[] | undefined {
    const wishes = wishesOf(job.request.work.affinity)
    if (wishes === undefined) return undefined
    const demand = demandOf(job.request)
    return this.market.sellers
      .filter(({ provider }) => unsuitableFor(provider, job, wishes.rules) === undefined)
      .filter(({ cluster }) => cluster.fitsIdle(demand))
      .map(({ provider, cluster }) => meritOf(provider, cluster, job.request))
      .sort(byMerit(wishes.preference))
  }

  private make(job: Classified, merits: readonly Merit[]): Known {
    const { request } = job
    const preference = wishesOf(request.work.affinity)?.preference ?? 'cheapest'
    const equalUntil = new Int32Array(merits.length).map((_, rank) => rank)
    for (let rank = merits.length - 2; rank >= 0; rank -= 1) {
      const [merit, next] = [merits[rank] as Merit, merits[rank + 1] as Merit]
      if (reasonFor(preference, merit, next) === 'fits-best') equalUntil[rank] = equalUntil[rank + 1] as number
    }
    const reasons = merits.map((merit, rank): PlacedReason => {
      if (request.provider !== 0) return 'named-by-request'
      const next = merits[rank + 1] ?? merits[rank - 1]
      return next === undefined ? 'only-one-able' : reasonFor(preference, merit, next)
    })
    const demand = demandOf(request)
    const size = this.market.sizeOf(demand)
    const jobClass = new JobClass({ demand, timeLimit: request.timeLimit, merits, reasons, equalUntil, size })
    jobClass.seen = this.market.ended
    this.all.push(jobClass)
    const budgets = merits.map(({ rate }) => budgetRoundedUp(rate, request.timeLimit))
    return { request, jobClass, budget: budgets.reduce(larger, 0n) }
  }
}

function larger(left: bigint, right: bigint): bigint {
  if (left < right) return right
  return left
}

const UNLIMITED = 1n << 200n

function keyOf({ request, failedBy }: Classified): string {
  const { tasks, cpusPerTask, memPerCpu, gpus, timeLimit, provider, work } = request
  return `${tasks} ${cpusPerTask} ${memPerCpu} ${gpus} ${timeLimit} ${provider} [${failedBy.join(' ')}] ${work.affinity}|`
}

function slotOf({ tasks, cpusPerTask, memPerCpu, gpus, timeLimit, provider }: JobRequest): number {
  let hash = Math.imul(tasks, 0x9e3779b1) ^ Math.imul(cpusPerTask, 0x85ebca77) ^ Math.imul(memPerCpu, 0xc2b2ae3d)
  hash ^= Math.imul(gpus + 1, 0x27d4eb2f) ^ Math.imul(timeLimit, 0x165667b1) ^ Math.imul(provider + 1, 0x2545f491)
  return (hash ^ (hash >>> 15)) & 4095
}

function isAlike(known: Known, request: JobRequest, budget: bigint): boolean {
  const other = known.request
  return (
    other.tasks === request.tasks &&
    other.timeLimit === request.timeLimit &&
    other.cpusPerTask === request.cpusPerTask &&
    other.memPerCpu === request.memPerCpu &&
    other.gpus === request.gpus &&
    other.provider === request.provider &&
    other.work.affinity === request.work.affinity &&
    budget >= known.budget
  )
}
