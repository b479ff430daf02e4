import { type Explanation, explain } from '../../scheduling/explain.ts'
import type { Policy } from '../../scheduling/policies.ts'
import type { RefusalReason } from '../../scheduling/reasons.ts'
import type { Snapshot, SnapshotJob, SnapshotProvider } from '../../scheduling/snapshot.ts'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import { budgetRoundedUp, ratePerMinute } from '../../sdk/domain/settlement.ts'

/** What one provider asks for a job, and when it could start it. Amounts are credits with 18 decimals. */
export interface ProviderQuote {
  readonly provider: number
  readonly name: string
  /** Undefined where the provider has no offer. */
  readonly ratePerMinute: bigint | undefined
  /** The smallest budget that pays for the time limit. */
  readonly total: bigint | undefined
  /** Seconds that the budget buys, rounded down. */
  readonly secondsBought: bigint | undefined
  /** Whether it could run the job, now or later. */
  readonly isAble: boolean
  /** Why not, or why not now; undefined where it could start the job now. */
  readonly reason: RefusalReason | undefined
  /** Unix seconds; undefined where it is not known. */
  readonly expectedStart: number | undefined
}

/** What the plan would do with a job, and what each provider says of it, by index. */
export interface Quotes {
  readonly choice: Explanation
  readonly quotes: readonly ProviderQuote[]
}

/** The id of the job that nobody has submitted. */
const QUOTED: Hex = `0x${'f'.repeat(64)}`
/** Each start that is looked for carries the whole plan forward: with many live jobs it is told of fewer providers, the cheapest first. */
const MOST_STARTS = 50_000
const NOT_NOW: ReadonlySet<RefusalReason> = new Set<RefusalReason>([
  'nodes-busy',
  'nodes-reserved',
  'open-jobs-at-limit',
  'stake-all-reserved',
])

/**
 * Quotes for a request as if it were submitted at the snapshot’s block. `hasBudget` tells whether the budget is one that the customer
 * named; undefined where no plan can be made of the request.
 */
export function quotesFor(
  snapshot: Snapshot,
  policy: Policy,
  request: JobRequest,
  hasBudget: boolean,
): Quotes | undefined {
  const choice = explain(withJob(snapshot, request), QUOTED, policy)
  if (choice === undefined) return undefined
  const most = Math.max(1, Math.floor(MOST_STARTS / (snapshot.jobs.length + 1)))
  const looked = new Set(cheapest(snapshot, request, choice).slice(0, most))
  const quotes = [...snapshot.providers]
    .sort((left, right) => left.index - right.index)
    .map((provider) => ({
      ...priceOf(provider, request, hasBudget),
      ...startAt(snapshot, policy, request, provider, choice, looked.has(provider.index)),
    }))
  return { choice, quotes }
}

function withJob(snapshot: Snapshot, request: JobRequest): Snapshot {
  const job: SnapshotJob = {
    id: QUOTED,
    request,
    submittedAt: snapshot.now,
    sequence: Number.MAX_SAFE_INTEGER,
    status: 'PENDING',
    attempt: 0,
    provider: 0,
    since: snapshot.now,
    budget: request.budget,
    rate: 0n,
    cancelRequested: false,
    failedBy: [],
  }
  return { ...snapshot, jobs: [...snapshot.jobs, job] }
}

/** The providers that could run the job, now or later, the cheapest first. */
function cheapest(snapshot: Snapshot, request: JobRequest, choice: Explanation): readonly number[] {
  const able = snapshot.providers.filter(({ index }) => hardRefusal(choice, index) === undefined)
  const rated = able.flatMap(({ index, offer }) =>
    offer === undefined ? [] : [{ index, rate: ratePerMinute(request, offer.prices) }],
  )
  return rated
    .sort((left, right) => Number(left.rate - right.rate) || left.index - right.index)
    .map(({ index }) => index)
}

/** Why a provider could not run the job later either. */
function hardRefusal(choice: Explanation, provider: number): RefusalReason | undefined {
  const reason = choice.refusals.find((refusal) => refusal.provider === provider)?.reason
  return reason === undefined || NOT_NOW.has(reason) ? undefined : reason
}

function priceOf({ index, profile, offer }: SnapshotProvider, request: JobRequest, hasBudget: boolean) {
  const named = { provider: index, name: profile.name }
  const rate = offer === undefined ? 0n : ratePerMinute(request, offer.prices)
  if (rate === 0n) return { ...named, ratePerMinute: undefined, total: undefined, secondsBought: undefined }
  const secondsBought = hasBudget ? (request.budget * 60n) / rate : undefined
  return { ...named, ratePerMinute: rate, total: budgetRoundedUp(rate, request.timeLimit), secondsBought }
}

function startAt(
  snapshot: Snapshot,
  policy: Policy,
  request: JobRequest,
  { index }: SnapshotProvider,
  choice: Explanation,
  isLooked: boolean,
): Pick<ProviderQuote, 'isAble' | 'reason' | 'expectedStart'> {
  const hard = hardRefusal(choice, index)
  if (hard !== undefined) return { isAble: false, reason: hard, expectedStart: undefined }
  if (!isLooked) {
    const reason = choice.refusals.find(({ provider }) => provider === index)?.reason
    return { isAble: true, reason, expectedStart: undefined }
  }
  const there = explain(withJob(snapshot, { ...request, provider: index }), QUOTED, policy)
  if (there?.decision.kind === 'placed') return { isAble: true, reason: undefined, expectedStart: snapshot.now }
  const reason = there?.refusals.find(({ provider }) => provider === index)?.reason
  return { isAble: true, reason, expectedStart: there?.expectedStart }
}
