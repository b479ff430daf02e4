import { emptyGrid, type GridState } from '../../scheduling/grid.ts'
import { reduce } from '../../scheduling/reduce.ts'
import type { AuditEvent, MoneyEvent, PlanSource } from './auditEvents.ts'
import type { Report } from './finding.ts'
import type { KnownInputs } from './inputs.ts'
import { JobAudit } from './jobAudit.ts'
import { CreditLedger } from './ledger.ts'
import { PlacementAudit, type PlanTerms } from './placementAudit.ts'

/** A source of plans, and the time of its block (unix seconds). */
export interface TimedSource extends PlanSource {
  readonly now: number
}

/** Replays the events of a grid in their order, and reports what does not follow from what was before. */
export class Auditor {
  readonly state: GridState = emptyGrid()
  readonly ledger: CreditLedger
  readonly jobs: JobAudit
  readonly placements: PlacementAudit
  readonly #report: Report
  readonly #terms: PlanTerms
  /** By the block that they look at, ascending. */
  readonly #sources: readonly TimedSource[]
  readonly #stakes = new Map<number, bigint>()
  #nextSource = 0
  #batch: { readonly source: PlanSource; readonly transaction: string } | undefined
  events = 0

  constructor(report: Report, terms: PlanTerms, sources: readonly TimedSource[], known: KnownInputs) {
    this.#report = report
    this.#terms = terms
    this.#sources = [...sources].sort((left, right) => left.snapshotBlock - right.snapshotBlock)
    this.ledger = new CreditLedger(report)
    this.jobs = new JobAudit(report, this.ledger, this.state.providers)
    this.placements = new PlacementAudit(report, terms, known)
  }

  /** Checks one event and applies it. */
  take({ place, grid, money }: AuditEvent): void {
    this.events += 1
    this.#planUpTo(place.block)
    if (this.#batch !== undefined && this.#batch.transaction !== place.transaction) {
      this.placements.forget(this.#batch.source, place.block)
      this.#batch = undefined
    }
    if (money !== undefined) this.#takeMoney(money, { place, grid, money })
    if (grid === undefined) return
    const source = this.#batch?.source
    if (grid.kind === 'job-assigned' && source !== undefined) this.placements.check(source, grid)
    this.jobs.take(grid, source !== undefined)
    reduce(this.state, grid)
  }

  /** Plans for every source whose block is over. */
  #planUpTo(block: number): void {
    for (let source = this.#sources[this.#nextSource]; source !== undefined && source.snapshotBlock < block; ) {
      this.placements.prepare(source, this.state, source.now)
      this.#nextSource += 1
      source = this.#sources[this.#nextSource]
    }
  }

  #takeMoney(event: MoneyEvent, { place }: AuditEvent): void {
    const { eventName, args } = event
    switch (eventName) {
      case 'Planned': {
        const source = { ...args, snapshotBlock: Number(args.snapshotBlock) }
        this.#batch = { source, transaction: place.transaction }
        this.placements.begin(source, place)
        return
      }
      case 'ParametersSet':
        this.jobs.parameters = args.parameters
        this.#terms.requeueWindow = args.parameters.requeueWindow
        return
      case 'Deposited':
        this.ledger.addFree(args.account, args.amount, place)
        return
      case 'Withdrawn':
        this.ledger.addFree(args.account, -args.amount, place)
        return
      case 'EarningsWithdrawn':
        this.ledger.addEarnings(args.provider, -args.amount, place)
        return
      case 'CutWithdrawn':
        this.ledger.addCut(-args.amount, place)
        return
      case 'StakeAdded':
        this.#stake(args.provider, args.amount, args.stake, place)
        return
      case 'StakeWithdrawn':
      case 'ProviderPenalised':
        this.#stake(args.provider, -args.amount, args.stake, place)
        return
    }
  }

  #stake(provider: number, change: bigint, stake: bigint, place: AuditEvent['place']): void {
    const expected = (this.#stakes.get(provider) ?? 0n) + change
    if (stake !== expected)
      this.#report('stake-wrong', `provider ${provider}`, `Its stake is ${stake}, and should be ${expected}.`, place)
    this.#stakes.set(provider, stake)
  }
}
