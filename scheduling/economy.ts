import type { Decision } from './decision.ts'
import { powerOf, wattsOf } from './power.ts'
import type { Snapshot } from './snapshot.ts'

/** What the placed jobs of a plan buy, if each uses its whole time limit. Ratios are absent where nothing is divided by. */
export interface Economy {
  readonly cpuHours: number
  /** Whole credits, not their 10^-18 parts. */
  readonly credits: number
  readonly kwh: number
  readonly co2Grams: number
  readonly cpuHoursPerCredit: number | undefined
  /** Cpu hours that the placed jobs do in an hour: the cpus they occupy. */
  readonly cpuHoursPerHour: number
  /** Over the jobs at providers that publish their watts. */
  readonly cpuHoursPerKwh: number | undefined
}

/** Adds up what the placed jobs buy. */
export function economyOf(snapshot: Snapshot, decisions: readonly Decision[]): Economy {
  const jobs = new Map(snapshot.jobs.map((job) => [job.id, job]))
  const powers = new Map(snapshot.providers.map(({ index, offer }) => [index, powerOf(offer?.labels ?? [])]))
  const sum = { cpuHours: 0, credits: 0, kwh: 0, co2Grams: 0, cpuHoursPerHour: 0, meteredCpuHours: 0 }
  for (const decision of decisions) {
    const request = decision.kind === 'placed' ? jobs.get(decision.job)?.request : undefined
    if (decision.kind !== 'placed' || request === undefined) continue
    const cpus = request.tasks * request.cpusPerTask
    const hours = request.timeLimit / 3600
    const power = powers.get(decision.provider)
    const kwh = power === undefined ? 0 : (wattsOf(power, cpus, request.gpus) * hours) / 1000
    sum.cpuHours += cpus * hours
    sum.cpuHoursPerHour += cpus
    sum.credits += (Number(decision.rate) / 1e18) * hours * 60
    sum.kwh += kwh
    sum.co2Grams += kwh * (power?.gramsPerKwh ?? 0)
    sum.meteredCpuHours += power === undefined ? 0 : cpus * hours
  }
  const { meteredCpuHours, ...figures } = sum
  return {
    ...figures,
    cpuHoursPerCredit: sum.credits > 0 ? sum.cpuHours / sum.credits : undefined,
    cpuHoursPerKwh: sum.kwh > 0 ? meteredCpuHours / sum.kwh : undefined,
  }
}
