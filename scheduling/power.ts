import type { Label } from '../sdk/domain/provider.ts'

/** What a provider publishes about its energy. */
export interface Power {
  readonly wattsPerCpu: number
  readonly wattsPerGpu: number
  readonly gramsPerKwh: number | undefined
}

/** Reads `power.watts.cpu`, `power.watts.gpu` and `carbon.g-per-kwh`; undefined where no watts of a cpu are published. */
export function powerOf(labels: readonly Label[]): Power | undefined {
  const wattsPerCpu = numberOf(labels, 'power.watts.cpu')
  if (wattsPerCpu === undefined) return undefined
  return {
    wattsPerCpu,
    wattsPerGpu: numberOf(labels, 'power.watts.gpu') ?? 0,
    gramsPerKwh: numberOf(labels, 'carbon.g-per-kwh'),
  }
}

/** Watts that so many processors and gpus draw. */
export function wattsOf(power: Power, cpus: number, gpus: number): number {
  return cpus * power.wattsPerCpu + gpus * power.wattsPerGpu
}

function numberOf(labels: readonly Label[], key: string): number | undefined {
  const text = labels.find((label) => label.key === key)?.value
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) && number >= 0 ? number : undefined
}
