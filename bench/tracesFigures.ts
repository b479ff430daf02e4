import type { Replay } from './tracesReplay.ts'

/** What a replay is judged by. Times in seconds. */
export interface Figures {
  readonly bsldMean: number
  readonly bsldP95: number
  /** How unevenly the mean bounded slowdowns of users are spread: 0 is evenly. */
  readonly bsldGiniPerUser: number
  readonly waitMeanS: number
  readonly waitP95S: number
  readonly waitLongestS: number
  readonly utilisation: number
  readonly startsPerCluster: readonly number[]
  readonly jobs: number
  readonly replaySeconds: number
}

/** Works out the figures of a replay on pools of so many processors. */
export function figuresOf(replay: Replay, pools: readonly number[]): Figures {
  const { jobs, starts, clusters } = replay
  const waits = Float64Array.from(jobs, (job, at) => (starts[at] as number) - job.submit)
  const slowdowns = Float64Array.from(jobs, (job, at) => boundedSlowdown(waits[at] as number, job.run))
  return {
    bsldMean: round(mean(slowdowns)),
    bsldP95: round(percentile(slowdowns, 0.95)),
    bsldGiniPerUser: round(gini(meansPerUser(replay, slowdowns))),
    waitMeanS: Math.round(mean(waits)),
    waitP95S: percentile(waits, 0.95),
    waitLongestS: waits.reduce((most, wait) => Math.max(most, wait), 0),
    utilisation: round(utilisation(replay, pools)),
    startsPerCluster: pools.map((_, pool) => clusters.filter((cluster) => cluster === pool).length),
    jobs: jobs.length,
    replaySeconds: round(replay.seconds),
  }
}

/** max(1, (wait + run) / max(run, 10 s)). */
export function boundedSlowdown(wait: number, run: number): number {
  return Math.max(1, (wait + run) / Math.max(run, 10))
}

/** The Gini coefficient: 0 where all are equal, towards 1 where one has everything. */
export function gini(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const total = sorted.reduce((sum, value) => sum + value, 0)
  if (total === 0) return 0
  const weighted = sorted.reduce((sum, value, at) => sum + (2 * (at + 1) - sorted.length - 1) * value, 0)
  return weighted / (sorted.length * total)
}

function meansPerUser({ jobs }: Replay, slowdowns: Float64Array): number[] {
  const sums = new Map<string, { sum: number; count: number }>()
  for (const [at, { user }] of jobs.entries()) {
    const entry = sums.get(user) ?? { sum: 0, count: 0 }
    entry.sum += slowdowns[at] as number
    entry.count += 1
    sums.set(user, entry)
  }
  return [...sums.values()].map(({ sum, count }) => sum / count)
}

function utilisation({ jobs, starts }: Replay, pools: readonly number[]): number {
  const work = jobs.reduce((sum, job) => sum + job.processors * job.run, 0)
  const end = jobs.reduce((most, job, at) => Math.max(most, (starts[at] as number) + job.run), 0)
  const processors = pools.reduce((sum, pool) => sum + pool, 0)
  return work / (processors * Math.max(1, end - (jobs[0]?.submit ?? 0)))
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function percentile(values: Float64Array, part: number): number {
  return values.toSorted()[Math.floor(values.length * part)] ?? 0
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
