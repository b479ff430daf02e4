import type { GridJob, GridState } from '../scheduling/grid.ts'
import type { Hex } from '../sdk/domain/job.ts'
import { allowedSeconds } from '../sdk/domain/settlement.ts'
import { type DueTopUp, topUpsDue } from './topUps.ts'

/** The deadlines in force, in seconds. */
export interface Timeouts {
  readonly acceptTimeout: number
  readonly queueTimeout: number
  readonly silenceTimeout: number
  readonly reportGrace: number
  readonly cancelTimeout: number
  readonly requeueWindow: number
}

/** Seconds before a top-up that was refused is tried again. */
const REFUSED_PAUSE_SECONDS = 60
const MOST_REMEMBERED = 10_000

/**
 * Finds jobs whose deadline may have passed. The events do not tell everything (a report is a sign of life, too), so what it finds
 * is a guess on the early side, and the chain has the last word; what the chain answered is not asked again before its time.
 */
export class Keeper {
  readonly #notBefore = new Map<string, number>()
  readonly #topUpNotBefore = new Map<Hex, number>()

  /** The jobs whose deadline may have passed at `now` (unix seconds of the chain). */
  due(state: GridState, timeouts: Timeouts, now: number): readonly GridJob[] {
    const jobs = [...state.jobs.values()]
    this.#forgetAllBut(jobs)
    return jobs.filter((job) => {
      const earliest = earliestDeadline(job, state.providers.get(job.provider)?.lastSeen ?? 0, timeouts)
      return now > Math.max(earliest, this.#notBefore.get(keyOf(job)) ?? 0)
    })
  }

  /** Remembers the deadline that the chain named for a job as it stands. */
  postpone(job: GridJob, deadline: number): void {
    this.#notBefore.set(keyOf(job), deadline)
  }

  /** The top-ups that are due at `now` and were not refused lately. */
  topUps(state: GridState, now: number): readonly DueTopUp[] {
    return topUpsDue(state, now).filter(({ job }) => now > (this.#topUpNotBefore.get(job.id) ?? 0))
  }

  /** Remembers that a top-up of a job was refused at `now`: the payer may have more credits later. */
  postponeTopUp(id: Hex, now: number): void {
    if (this.#topUpNotBefore.size > MOST_REMEMBERED) this.#topUpNotBefore.clear()
    this.#topUpNotBefore.set(id, now + REFUSED_PAUSE_SECONDS)
  }

  #forgetAllBut(jobs: readonly GridJob[]): void {
    const keys = new Set(jobs.map(keyOf))
    for (const key of this.#notBefore.keys()) if (!keys.has(key)) this.#notBefore.delete(key)
  }
}

/** Unix seconds before which the deadline of a job has not passed. */
export function earliestDeadline(job: GridJob, lastSeen: number, timeouts: Timeouts): number {
  const silent = Math.max(lastSeen, job.since) + timeouts.silenceTimeout
  // The events do not say when the cancel was asked for: not before the job was there.
  const cancelled = job.cancelRequested ? job.submittedAt + timeouts.cancelTimeout : Number.POSITIVE_INFINITY
  switch (job.status) {
    case 'PENDING':
      return waitsUntil(job, timeouts.requeueWindow)
    case 'META_SCHEDULED':
      return Math.min(job.since + timeouts.acceptTimeout, cancelled)
    case 'SCHEDULED':
      return Math.min(job.since + timeouts.queueTimeout, silent, cancelled)
    case 'RUNNING': {
      const allowed = Number(allowedSeconds(job.request.timeLimit, job.request.budget, job.budget, job.rate))
      return Math.min(job.since + allowed + timeouts.reportGrace, silent, cancelled)
    }
    default:
      return Number.POSITIVE_INFINITY
  }
}

function waitsUntil({ attempt, since, request }: GridJob, requeueWindow: number): number {
  if (attempt === 0) return request.startBy
  return attempt >= request.maxAttempts ? since : Math.max(request.startBy, since + requeueWindow)
}

// Whatever can bring a deadline forward is part of the key; a sign of life only puts it off.
function keyOf({ id, status, attempt, cancelRequested, budget, since }: GridJob): string {
  return `${id satisfies Hex}:${status}:${attempt}:${cancelRequested}:${budget}:${since}`
}
