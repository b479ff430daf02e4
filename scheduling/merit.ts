import type { JobRequest } from '../sdk/domain/job.ts'
import { ratePerMinute } from '../sdk/domain/settlement.ts'
import type { Cluster } from './cluster.ts'
import { powerOf, wattsOf } from './power.ts'
import type { Preference } from './preference.ts'
import type { PlacedReason } from './reasons.ts'
import { reliability } from './record.ts'
import type { SnapshotProvider } from './snapshot.ts'

/** What a provider is worth for jobs of one class. */
export interface Merit {
  readonly cluster: Cluster
  /** Credits per minute, 18 decimals. */
  readonly rate: bigint
  /** Rounded to hundredths, so that one more good job does not turn the order over. */
  readonly reliability: number
  /** Grams of CO2 an hour; infinite where the provider publishes no figures. */
  readonly gramsPerHour: number
}

export function meritOf(provider: SnapshotProvider, cluster: Cluster, request: JobRequest): Merit {
  const { offer, record } = provider
  const power = powerOf(offer?.labels ?? [])
  const cpus = request.tasks * request.cpusPerTask
  const grams = power?.gramsPerKwh === undefined ? undefined : wattsOf(power, cpus, request.gpus) * power.gramsPerKwh
  return {
    cluster,
    rate: offer === undefined ? 0n : ratePerMinute(request, offer.prices),
    reliability: Math.round(reliability(record) * 100) / 100,
    gramsPerHour: grams === undefined ? Number.POSITIVE_INFINITY : grams / 1000,
  }
}

type Criterion = readonly [PlacedReason, (left: Merit, right: Merit) => number]

const GREENEST: Criterion = ['greenest', (left, right) => ascending(left.gramsPerHour, right.gramsPerHour)]
const CHEAPEST: Criterion = ['cheapest', (left, right) => ascending(left.rate, right.rate)]
const RELIABLE: Criterion = ['most-reliable', (left, right) => ascending(right.reliability, left.reliability)]

const CRITERIA: Readonly<Record<Preference, readonly Criterion[]>> = {
  cheapest: [CHEAPEST, RELIABLE],
  soonest: [RELIABLE, CHEAPEST],
  greenest: [GREENEST, CHEAPEST, RELIABLE],
}

/** Sorts merits, best first; equals by the index of the provider. */
export function byMerit(preference: Preference): (left: Merit, right: Merit) => number {
  return (left, right) =>
    decisive(preference, left, right)?.[1](left, right) ?? left.cluster.provider - right.cluster.provider
}

/** In what the better of two providers is better; where in nothing, the job goes where it fits best. */
export function reasonFor(preference: Preference, better: Merit, other: Merit): PlacedReason {
  return decisive(preference, better, other)?.[0] ?? 'fits-best'
}

function decisive(preference: Preference, left: Merit, right: Merit): Criterion | undefined {
  return CRITERIA[preference].find(([, compare]) => compare(left, right) !== 0)
}

function ascending(left: number | bigint, right: number | bigint): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
