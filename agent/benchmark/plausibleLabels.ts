import type { Label } from '../../sdk/domain/provider.ts'
import type { Measure } from './readMeasures.ts'

/** What no machine of today exceeds: beyond it a clock, a cache or a unit has been measured. */
interface Bounds {
  readonly least: number
  readonly most: number
}

/** 5 GHz and 64 operations a cycle, with room for what comes. */
const GFLOPS_OF_A_CPU = 500

const BOUNDS: Readonly<Record<string, (cpus: number) => Bounds>> = {
  'compute.gflops': (cpus) => ({ least: 0.01, most: cpus * GFLOPS_OF_A_CPU }),
  'memory.gbps': (cpus) => ({ least: 0.01, most: Math.max(cpus * 200, 2_000) }),
  'network.latency.us': () => ({ least: 0.01, most: 1_000_000 }),
  'network.gbps': () => ({ least: 0.0001, most: 2_000 }),
  'storage.read.mbps': () => ({ least: 0.1, most: 2_000_000 }),
  'storage.write.mbps': () => ({ least: 0.1, most: 2_000_000 }),
  'storage.read.iops': () => ({ least: 1, most: 1e9 }),
  'storage.write.iops': () => ({ least: 1, most: 1e9 }),
}

/** Measures as labels with three digits; what cannot be true is refused, with why. `cpus` took part in the run. */
export function plausibleLabels(
  measures: readonly Measure[],
  cpus: number,
): { readonly labels: readonly Label[]; readonly refused: readonly string[] } {
  const isPlausible = ({ key, value }: Measure): boolean => {
    const { least, most } = boundsOf(key, cpus)
    return value >= least && value <= most
  }
  return {
    labels: measures.filter(isPlausible).map(({ key, value }) => ({ key, value: threeDigits(value) })),
    refused: measures
      .filter((measure) => !isPlausible(measure))
      .map(({ key, value }) => {
        const { least, most } = boundsOf(key, cpus)
        return `${key} of ${value} is refused: it should lie between ${least} and ${most}`
      }),
  }
}

function boundsOf(key: string, cpus: number): Bounds {
  return BOUNDS[key]?.(cpus) ?? { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY }
}

/** Without an exponent: affinity compares decimal numbers. */
function threeDigits(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(value)))
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(digits)))
}
