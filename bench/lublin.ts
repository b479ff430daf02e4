import { randomFrom } from './random.ts'
import type { TraceJob } from './tracesFile.ts'

/** How many jobs to make for a cluster of how many processors. */
export interface Synthetic {
  readonly jobs: number
  readonly processors: number
  readonly seed: number
  /** The part of the processors that the jobs keep busy; 0.8 by default. */
  readonly load?: number
}

type Random = () => number

/**
 * Jobs by the model of Lublin and Feitelson, "The workload on parallel supercomputers" (2003), with its published constants for batch jobs:
 * sizes by a two-stage uniform distribution of powers of two, run times by a hyper-gamma distribution that depends on the size,
 * arrivals by a gamma distribution with a daily cycle, stretched to the wanted load. Time limits overstate run times as users do, in round
 * numbers.
 */
export function lublinJobs({ jobs, processors, seed, load = 0.8 }: Synthetic): TraceJob[] {
  const random = randomFrom(seed)
  const made: TraceJob[] = []
  let time = 0
  while (made.length < jobs) {
    time += Math.exp(gamma(random, 10.2303, 0.4871) * cycleAt(time))
    const size = sizeFrom(random, processors)
    const run = Math.max(1, Math.round(runFrom(random, size)))
    const limit = limitFrom(random, run)
    made.push({ submit: time, run, processors: size, limit, user: `0-${userFrom(random)}`, home: 0 })
  }
  const work = made.reduce((sum, job) => sum + job.processors * job.run, 0)
  const stretch = work / (processors * load * time)
  return made.map((job) => ({ ...job, submit: Math.round(job.submit * stretch) }))
}

// Working hours bring jobs closer together than nights.
function cycleAt(time: number): number {
  const hour = (time / 3600) % 24
  return 1 - 0.12 * Math.sin(((hour - 8) / 24) * 2 * Math.PI)
}

function sizeFrom(random: Random, processors: number): number {
  if (random() < 0.24) return 1
  const high = Math.log2(processors)
  const [low, middle] = [0.8, high - 2.5]
  const log = random() < 0.86 ? low + random() * (middle - low) : middle + random() * (high - middle)
  const size = random() < 0.75 ? 2 ** Math.round(log) : Math.round(2 ** log)
  return Math.min(processors, Math.max(1, size))
}

function runFrom(random: Random, size: number): number {
  const short = Math.min(1, Math.max(0, -0.0054 * size + 0.78))
  const log = random() < short ? gamma(random, 4.2, 0.94) : gamma(random, 312, 0.03)
  return Math.min(48 * 3600, Math.exp(log))
}

function limitFrom(random: Random, run: number): number {
  const asked = run * (1 + 4 * random() ** 2)
  const steps = [300, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 64_800, 86_400, 129_600, 172_800]
  return Math.max(run, steps.find((step) => step >= asked) ?? 172_800)
}

// A few users send most of the jobs.
function userFrom(random: Random): number {
  return Math.floor(64 * random() ** 3)
}

// Marsaglia and Tsang, 2000; for shapes of 1 and more.
function gamma(random: Random, shape: number, scale: number): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const cube = (1 + c * normal) ** 3
    if (cube <= 0) continue
    if (Math.log(1 - random()) < 0.5 * normal * normal + d - d * cube + d * Math.log(cube)) return d * cube * scale
  }
}
