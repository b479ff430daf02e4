import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import { decayed, USAGE_HALF_LIFE_SECONDS } from './decay.ts'
import type { CustomerHistory, GridState } from './grid.ts'

/** How many runs of a kind are remembered. */
const REMEMBERED = 3

/** The kinds that a run counts for, the most like it first: same size and limit, same limit, any. */
function kindsOf(request: JobRequest): readonly string[] {
  const size = `${request.tasks}x${request.cpusPerTask}+${request.gpus}`
  return [`${size}/${request.timeLimit}`, `/${request.timeLimit}`, '']
}

/** Remembers what a settled run used, for predictions and for the fair share. */
export function rememberRun(state: GridState, request: JobRequest, seconds: number, now: number): void {
  const history = historyOf(state, request.customer, now)
  for (const kind of kindsOf(request)) {
    const runs = history.runs.get(kind) ?? []
    runs.push(seconds)
    if (runs.length > REMEMBERED) runs.shift()
    history.runs.set(kind, runs)
  }
  history.usage = usageOf(history, now) + request.tasks * request.cpusPerTask * seconds
  history.at = Math.max(history.at, now)
}

function historyOf(state: GridState, customer: Hex, now: number): CustomerHistory {
  const known = state.histories.get(customer)
  if (known !== undefined) return known
  const history = { runs: new Map(), usage: 0, at: now }
  state.histories.set(customer, history)
  return history
}

/** Cpu seconds that a customer used, by what has decayed at `now`. */
export function usageOf(history: CustomerHistory | undefined, now: number): number {
  return history === undefined ? 0 : decayed(history.usage, now - history.at, USAGE_HALF_LIFE_SECONDS)
}

/**
 * The run seconds to expect of a request: the mean of the customer's last runs of the most similar kind that it has run, else the time
 * limit, and never above it (after Tsafrir, Etsion and Feitelson, "Backfilling using system-generated predictions", 2007).
 */
export function predictedSeconds(history: CustomerHistory | undefined, request: JobRequest): number {
  if (history === undefined) return request.timeLimit
  for (const kind of kindsOf(request)) {
    const runs = history.runs.get(kind)
    if (runs === undefined) continue
    const mean = runs.reduce((sum, run) => sum + run, 0) / runs.length
    return Math.min(Math.max(1, mean), request.timeLimit)
  }
  return request.timeLimit
}
