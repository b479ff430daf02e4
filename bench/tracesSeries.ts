import type { Line } from './tracesPlot.ts'
import type { Replay } from './tracesReplay.ts'

const POINTS = 480

/** Days that a replay lasts. */
export function daysOf({ jobs, starts }: Replay): number {
  return jobs.reduce((most, job, at) => Math.max(most, (starts[at] as number) + job.run), 0) / 86_400
}

/** Mean wait, in hours, of the jobs submitted in each stretch of time. */
export function waitingLine(name: string, { jobs, starts }: Replay, days: number): Line {
  const sums = new Float64Array(POINTS)
  const counts = new Float64Array(POINTS)
  for (const [at, job] of jobs.entries()) {
    const point = pointOf(job.submit, days)
    sums[point] = (sums[point] as number) + ((starts[at] as number) - job.submit) / 3600
    counts[point] = (counts[point] as number) + 1
  }
  return { name, values: Array.from(sums, (sum, point) => sum / Math.max(1, counts[point] as number)) }
}

/** The part of each cluster's processors in use over time. */
export function useLines({ jobs, starts, clusters }: Replay, pools: readonly number[], days: number): readonly Line[] {
  return pools.map((processors, pool) => {
    const used = new Float64Array(POINTS)
    for (const [at, job] of jobs.entries()) {
      if (clusters[at] === pool) spread(used, starts[at] as number, job.run, job.processors, days)
    }
    const share = processors * ((days * 86_400) / POINTS)
    return { name: `${processors} processors`, values: Array.from(used, (seconds) => seconds / share) }
  })
}

function spread(used: Float64Array, start: number, run: number, processors: number, days: number): void {
  const length = (days * 86_400) / POINTS
  for (let point = pointOf(start, days); point <= pointOf(start + run, days); point += 1) {
    const seconds = Math.min(start + run, (point + 1) * length) - Math.max(start, point * length)
    used[point] = (used[point] as number) + Math.max(0, seconds) * processors
  }
}

function pointOf(time: number, days: number): number {
  return Math.min(POINTS - 1, Math.floor((time / (days * 86_400)) * POINTS))
}
