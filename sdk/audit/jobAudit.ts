import type { GridProvider } from '../../scheduling/grid.ts'
import type { EventPlace, GridEvent } from '../domain/events.ts'
import type { Hex, JobRequest } from '../domain/job.ts'
import {
  allowedSeconds,
  budgetRoundedUp,
  costRoundedDown,
  cutRoundedDown,
  ratePerMinute,
  splitPenalty,
} from '../domain/settlement.ts'
import type { JobStatus } from '../domain/status.ts'
import { isLegalTransition } from '../domain/transitions.ts'
import type { Report } from './finding.ts'
import type { CreditLedger } from './ledger.ts'

/** The parameters of the contract that the audit needs; seconds, and thousandths for the cut. */
export interface AuditParameters {
  readonly cancelGrace: number
  readonly oracleGrace: number
  readonly cutPermille: number
}

/** What the audit remembers of a live job. */
export interface AuditedJob {
  readonly request: JobRequest
  status: JobStatus
  attempt: number
  provider: number
  since: number
  budget: bigint
  rate: bigint
  cutPermille: number
  cancelRequestedAt: number
}

type EventOf<Kind extends GridEvent['kind']> = Extract<GridEvent, { kind: Kind }>
type Ended = EventOf<'job-ended'>

const NOBODY: Hex = '0x0000000000000000000000000000000000000000'

/** Follows every job through the table, and every credit of it. */
export class JobAudit {
  readonly live = new Map<Hex, AuditedJob>()
  readonly #ended = new Set<Hex>()
  /** Of ended jobs too: a penalty follows the end that it is for. */
  readonly #customers = new Map<Hex, Hex>()
  readonly #report: Report
  readonly #ledger: CreditLedger
  readonly #providers: ReadonlyMap<number, GridProvider>
  parameters: AuditParameters | undefined
  submitted = 0
  settled = 0

  constructor(report: Report, ledger: CreditLedger, providers: ReadonlyMap<number, GridProvider>) {
    this.#report = report
    this.#ledger = ledger
    this.#providers = providers
  }

  /** Checks an event and applies it. `isPlanned` says whether the oracle made an assignment. Events about providers change nothing. */
  take(event: GridEvent, isPlanned: boolean): void {
    switch (event.kind) {
      case 'job-submitted':
        this.#submit(event)
        return
      case 'job-assigned':
        this.#assign(event, isPlanned)
        return
      case 'job-scheduled':
        this.#step(event.id, 'SCHEDULED', event.place)
        return
      case 'job-started':
        this.#start(event)
        return
      case 'job-returned':
        this.#return(event)
        return
      case 'job-ended':
        this.#end(event)
        return
      case 'cancel-requested':
        this.#requestCancel(event)
        return
      case 'job-topped-up':
        this.#topUp(event)
        return
      case 'penalty-split':
        this.#penalise(event)
        return
    }
  }

  #submit({ id, request, place }: EventOf<'job-submitted'>): void {
    this.submitted += 1
    if (this.live.has(id) || this.#ended.has(id))
      this.#report('transition-illegal', id, 'It is submitted a second time.', place)
    const { budget } = request
    const fresh = { status: 'PENDING', attempt: 0, provider: 0, since: place.time, rate: 0n, cutPermille: 0 } as const
    this.live.set(id, { ...fresh, request, budget, cancelRequestedAt: 0 })
    this.#customers.set(id, request.customer)
    this.#ledger.addFree(payerOf(request), -budget, place)
    this.#ledger.locked += budget
  }

  #assign(event: EventOf<'job-assigned'>, isPlanned: boolean): void {
    const { id, provider, attempt, rate, cutPermille, place } = event
    const waitedSince = this.live.get(id)?.since ?? 0
    const job = this.#step(id, 'META_SCHEDULED', place)
    if (job === undefined) return
    const { request } = job
    const offer = this.#providers.get(provider)?.offer
    const expected = offer === undefined ? 0n : ratePerMinute(request, offer.prices)
    if (rate !== expected)
      this.#report('rate-wrong', id, `The rate is ${rate}, and the offer makes it ${expected}.`, place)
    const needed = budgetRoundedUp(rate, request.timeLimit)
    if (needed > job.budget)
      this.#report('budget-too-low', id, `The time limit costs ${needed}, and ${job.budget} are locked.`, place)
    if (request.provider !== 0 && request.provider !== provider) {
      this.#report(
        'provider-not-wanted',
        id,
        `It went to provider ${provider}, and the request names ${request.provider}.`,
        place,
      )
    }
    if (attempt !== job.attempt + 1 || attempt > request.maxAttempts) {
      this.#report(
        'attempt-wrong',
        id,
        `Attempt ${attempt} follows ${job.attempt}, of ${request.maxAttempts} at most.`,
        place,
      )
    }
    const cut = this.parameters?.cutPermille
    if (cut !== undefined && cutPermille !== cut)
      this.#report('cut-wrong', id, `The cut is ${cutPermille} thousandths, and ${cut} are in force.`, place)
    if (!isPlanned) this.#assignedByCustomer(id, provider, waitedSince, place)
    Object.assign(job, { provider, attempt, rate, cutPermille, since: place.time })
  }

  /** A customer may place its own job when the oracle let it wait, at a provider that takes such jobs. */
  #assignedByCustomer(id: Hex, provider: number, waitedSince: number, place: EventPlace): void {
    const from = waitedSince + (this.parameters?.oracleGrace ?? 0)
    const isAccepted = this.#providers.get(provider)?.offer?.acceptsDirect === true
    if (isAccepted && place.time > from) return
    this.#report(
      'direct-job-early',
      id,
      `No plan placed it, and it could be placed by its customer from ${from} on, where direct jobs are accepted.`,
      place,
    )
  }

  #start({ id, startedAt, place }: EventOf<'job-started'>): void {
    const job = this.#step(id, 'RUNNING', place)
    if (job === undefined) return
    if (startedAt < job.since || startedAt > place.time) {
      this.#report('start-impossible', id, `It started at ${startedAt}, and was assigned at ${job.since}.`, place)
    }
    job.since = startedAt
  }

  #return({ id, place }: EventOf<'job-returned'>): void {
    const job = this.#step(id, 'PENDING', place)
    if (job !== undefined) Object.assign(job, { provider: 0, rate: 0n, cutPermille: 0, since: place.time })
  }

  #end(event: Ended): void {
    const { id, status, cost, cut, refund, place } = event
    this.settled += 1
    const isRevoked = status === 'CANCELLED' && !this.live.has(id) && !this.#ended.has(id)
    const before = this.live.get(id)?.status
    const job = isRevoked ? undefined : this.#step(id, status, place)
    this.live.delete(id)
    this.#ended.add(id)
    if (job === undefined) {
      if (cost + refund > 0n)
        this.#report('refund-wrong', id, `A request that was never sent gives ${refund} back.`, place)
      return
    }
    this.#checkSeconds(event, job, before === 'RUNNING')
    const owed = costRoundedDown(job.rate, event.secondsUsed, job.budget)
    if (cost !== owed)
      this.#report('cost-wrong', id, `It cost ${cost}, and ${event.secondsUsed} s at ${job.rate} cost ${owed}.`, place)
    const owedCut = cutRoundedDown(cost, job.cutPermille)
    if (cut !== owedCut)
      this.#report('cut-wrong', id, `The cut is ${cut}, and ${job.cutPermille} thousandths are ${owedCut}.`, place)
    if (refund !== job.budget - cost)
      this.#report('refund-wrong', id, `The refund is ${refund}, and ${job.budget - cost} were left.`, place)
    this.#ledger.locked -= job.budget
    this.#ledger.addFree(payerOf(job.request), refund, place)
    this.#ledger.addEarnings(event.provider, cost - cut, place)
    this.#ledger.addCut(cut, place)
  }

  /** Charged seconds are never beyond now, the allowed ones, or a cancel request and its grace; what did not run is free. */
  #checkSeconds({ id, status, secondsUsed, place }: Ended, job: AuditedJob, ran: boolean): void {
    const limits = [BigInt(place.time - job.since)]
    if (!ran || status === 'PANICKED') limits.push(0n)
    else limits.push(allowedSeconds(job.request.timeLimit, job.request.budget, job.budget, job.rate))
    if (job.cancelRequestedAt > 0) {
      const end = job.cancelRequestedAt + (this.parameters?.cancelGrace ?? 0)
      limits.push(BigInt(Math.max(0, end - job.since)))
    }
    const exceeded = limits.find((limit) => BigInt(secondsUsed) > limit)
    if (exceeded !== undefined) {
      this.#report('seconds-too-many', id, `${secondsUsed} s are charged, and ${exceeded} at most were due.`, place)
    }
  }

  #requestCancel({ id, place }: EventOf<'cancel-requested'>): void {
    const job = this.live.get(id)
    if (job === undefined)
      this.#report('transition-illegal', id, 'A job that is not live is asked to be cancelled.', place)
    else job.cancelRequestedAt = place.time
  }

  #topUp({ id, budget, place }: EventOf<'job-topped-up'>): void {
    const job = this.live.get(id)
    if (job === undefined || budget <= job.budget) {
      this.#report('budget-not-raised', id, `It is topped up to ${budget} from ${job?.budget ?? 0n}.`, place)
      return
    }
    this.#ledger.addFree(payerOf(job.request), job.budget - budget, place)
    this.#ledger.locked += budget - job.budget
    job.budget = budget
  }

  #penalise(event: EventOf<'penalty-split'>): void {
    const { id, provider, amount, toCustomer, enforcer, toEnforcer, place } = event
    const owed = splitPenalty(amount, enforcer !== NOBODY)
    if (toCustomer !== owed.customer || toEnforcer !== owed.enforcer) {
      this.#report(
        'penalty-wrong',
        id,
        `Of ${amount} from provider ${provider} ${owed.customer} go to the customer and ${owed.enforcer} to the enforcer.`,
        place,
      )
    }
    const customer = this.#customers.get(id)
    if (customer === undefined) this.#report('penalty-wrong', id, 'There is no such job to be compensated for.', place)
    else this.#ledger.addFree(customer, toCustomer, place)
    if (toEnforcer > 0n) this.#ledger.addFree(enforcer, toEnforcer, place)
    this.#ledger.addCut(amount - toCustomer - toEnforcer, place)
  }

  /** Moves a job where the table lets it; what it does not is told, and followed nevertheless. */
  #step(id: Hex, to: JobStatus, place: EventPlace): AuditedJob | undefined {
    const job = this.live.get(id)
    const from = job?.status ?? 'NONE'
    if (!isLegalTransition(from, to)) this.#report('transition-illegal', id, `It went from ${from} to ${to}.`, place)
    if (job !== undefined) job.status = to
    return job
  }
}

function payerOf({ payer, customer }: JobRequest): Hex {
  return payer === NOBODY ? customer : payer
}
