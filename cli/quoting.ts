import { explain } from '../scheduling/explain.ts'
import { DEFAULT_POLICY, policyNamed } from '../scheduling/policies.ts'
import type { Snapshot, SnapshotJob } from '../scheduling/snapshot.ts'
import { readGrid } from '../sdk/actions/readGrid.ts'
import { snapshotGrid } from '../sdk/actions/snapshotGrid.ts'
import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import type { RatedResources } from '../sdk/domain/resources.ts'
import { budgetRoundedUp, ratePerMinute } from '../sdk/domain/settlement.ts'
import type { GridClient } from '../sdk/gridClient.ts'

/** What a job would be. */
export interface Wanted extends RatedResources {
  readonly customer: Hex
  /** Seconds. */
  readonly timeLimit: number
  readonly affinity: string
  /** 0 stands for any. */
  readonly provider: number
  /** Credits, 18 decimals; undefined where it is yet to be chosen. */
  readonly budget: bigint | undefined
}

/** What one provider would take for a job, or why it cannot run it. Amounts are credits with 18 decimals. */
export interface ProviderQuote {
  readonly provider: number
  readonly name: string
  readonly region: string
  readonly ratePerMinute: bigint
  /** For the whole time limit. */
  readonly cost: bigint
  /** Whether it could run the job, now or once it has room. */
  readonly isAble: boolean
  /** Why it does not run it now; undefined where it could. */
  readonly hindrance: string | undefined
}

/** What all providers would take, the cheapest first, and when the job would start. */
export interface GridQuote {
  readonly providers: readonly ProviderQuote[]
  /** Unix seconds; undefined where it is not known, or no provider is able. */
  readonly expectedStart: number | undefined
  /** Where the job would go now. */
  readonly placedOn: number | undefined
  readonly sentence: string
}

const QUOTED: Hex = `0x${'f'.repeat(64)}`
const NO_HASH: Hex = `0x${'0'.repeat(64)}`
const NOBODY: Hex = `0x${'0'.repeat(40)}`
const AMPLE = (1n << 96n) - 1n
const BUSY: readonly string[] = ['nodes-busy', 'nodes-reserved', 'open-jobs-at-limit', 'stake-all-reserved']

/** Asks the chain what a job would cost and when it would start, by planning it together with all that wait. */
export async function quoteGrid(grid: GridClient, wanted: Wanted): Promise<GridQuote> {
  const snapshot = await snapshotGrid(grid, await readGrid(grid))
  const job = imagined(snapshot, wanted)
  const explained = explain({ ...snapshot, jobs: [...snapshot.jobs, job] }, QUOTED, policyNamed(DEFAULT_POLICY))
  const reasons = new Map(explained?.refusals.map((refusal) => [refusal.provider, refusal]))
  const providers = snapshot.providers.map(({ index, profile, offer }): ProviderQuote => {
    const rate = offer === undefined ? 0n : ratePerMinute(wanted, offer.prices)
    const refusal = reasons.get(index)
    return {
      provider: index,
      name: profile.name,
      region: profile.region,
      ratePerMinute: rate,
      cost: budgetRoundedUp(rate, wanted.timeLimit),
      isAble: refusal === undefined || BUSY.includes(refusal.reason),
      hindrance: refusal?.sentence,
    }
  })
  const decision = explained?.decision
  return {
    providers: providers.toSorted(byPrice),
    expectedStart: decision?.kind === 'placed' ? snapshot.now : explained?.expectedStart,
    placedOn: decision?.kind === 'placed' ? decision.provider : undefined,
    sentence: explained?.sentence ?? '',
  }
}

function byPrice(left: ProviderQuote, right: ProviderQuote): number {
  if (left.isAble !== right.isAble) return left.isAble ? -1 : 1
  if (left.cost !== right.cost) return left.cost < right.cost ? -1 : 1
  return left.provider - right.provider
}

function imagined(snapshot: Snapshot, wanted: Wanted): SnapshotJob {
  const { affinity, ...terms } = wanted
  const request: JobRequest = {
    ...terms,
    payer: NOBODY,
    budget: wanted.budget ?? AMPLE,
    topUpLimit: 0n,
    startBy: snapshot.now + 86_400,
    maxAttempts: 1,
    work: { definition: NO_HASH, affinity, name: '', salt: 0n },
  }
  const sequence = 1 + Math.max(0, ...snapshot.jobs.map((job) => job.sequence))
  return {
    id: QUOTED,
    request,
    submittedAt: snapshot.now,
    sequence,
    status: 'PENDING',
    attempt: 0,
    provider: 0,
    since: snapshot.now,
    budget: request.budget,
    rate: 0n,
    cancelRequested: false,
    failedBy: [],
  }
}
