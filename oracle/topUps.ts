import type { GridJob, GridState } from '../scheduling/grid.ts'
import { allowedSeconds, budgetRoundedUp } from '../sdk/domain/settlement.ts'

/** Seconds before the end of the allowed time at which a job is given more, and how many more it is given at once. */
const AHEAD_SECONDS = 180
const STEP_SECONDS = 600

/** A budget to be raised within what the customer allowed. */
export interface DueTopUp {
  readonly job: GridJob
  /** The new budget, credits with 18 decimals. */
  readonly total: bigint
}

/** The running jobs whose allowed time ends soon at `now` (unix seconds), and what their requests let them be given. */
export function topUpsDue(state: GridState, now: number): readonly DueTopUp[] {
  return [...state.jobs.values()].flatMap((job) => {
    const { request, rate, budget } = job
    const limit = request.budget + request.topUpLimit
    if (job.status !== 'RUNNING' || job.cancelRequested || rate === 0n || budget >= limit) return []
    const endsAt = job.since + Number(allowedSeconds(request.timeLimit, request.budget, budget, rate))
    // After its end no credits help.
    if (now < endsAt - AHEAD_SECONDS || now >= endsAt) return []
    const wanted = budget + budgetRoundedUp(rate, STEP_SECONDS)
    if (wanted > limit) return [{ job, total: limit }]
    return [{ job, total: wanted }]
  })
}
