import type { GridEvent } from '../sdk/domain/events.ts'
import type { GridJob, GridState } from './grid.ts'
import { rememberRun } from './history.ts'
import { count } from './record.ts'

type JobEvent = Extract<
  GridEvent,
  {
    kind:
      | 'job-submitted'
      | 'job-assigned'
      | 'job-scheduled'
      | 'job-started'
      | 'job-returned'
      | 'job-ended'
      | 'cancel-requested'
      | 'job-topped-up'
      | 'penalty-split'
  }
>

/** Applies an event about a job. An event about a job that is not live changes nothing. */
export function reduceJob(state: GridState, event: JobEvent): void {
  if (event.kind === 'job-submitted') {
    state.submissions += 1
    state.jobs.set(event.id, submitted(event, state.submissions))
    return
  }
  const job = state.jobs.get(event.id)
  if (job !== undefined) change(state, job, event)
}

function change(state: GridState, job: GridJob, event: Exclude<JobEvent, { kind: 'job-submitted' }>): void {
  switch (event.kind) {
    case 'job-assigned':
      assign(state, job, event)
      return
    case 'job-scheduled':
      job.status = 'SCHEDULED'
      return
    case 'job-started':
      job.status = 'RUNNING'
      job.since = event.startedAt
      return
    case 'job-returned':
      takeBack(state, job, event)
      return
    case 'job-ended':
      settle(state, job, event)
      return
    case 'cancel-requested':
      job.cancelRequested = true
      return
    case 'job-topped-up':
      job.budget = event.budget
      return
    case 'penalty-split':
      countOf(state, event.provider, 'late', event.place.time)
      return
  }
}

function submitted(event: Extract<JobEvent, { kind: 'job-submitted' }>, sequence: number): GridJob {
  return {
    id: event.id,
    request: event.request,
    submittedAt: event.place.time,
    sequence,
    status: 'PENDING',
    attempt: 0,
    provider: 0,
    since: event.place.time,
    budget: event.request.budget,
    rate: 0n,
    cancelRequested: false,
    failedBy: [],
  }
}

function assign(state: GridState, job: GridJob, event: Extract<JobEvent, { kind: 'job-assigned' }>): void {
  job.status = 'META_SCHEDULED'
  job.provider = event.provider
  job.attempt = event.attempt
  job.rate = event.rate
  job.since = event.place.time
  const provider = state.providers.get(event.provider)
  if (provider !== undefined) provider.openJobs += 1
}

function takeBack(state: GridState, job: GridJob, event: Extract<JobEvent, { kind: 'job-returned' }>): void {
  release(state, job)
  job.failedBy.push(event.provider)
  job.status = 'PENDING'
  job.provider = 0
  job.since = event.place.time
  countOf(state, event.provider, event.from === 'META_SCHEDULED' ? 'refused' : 'lost', event.place.time)
}

function settle(state: GridState, job: GridJob, event: Extract<JobEvent, { kind: 'job-ended' }>): void {
  if (job.provider !== 0) {
    release(state, job)
    countOf(state, job.provider, event.status === 'PANICKED' ? 'lost' : 'ended', event.place.time)
  }
  if (event.secondsUsed > 0) rememberRun(state, job.request, event.secondsUsed, event.place.time)
  state.jobs.delete(job.id)
}

function release(state: GridState, job: GridJob): void {
  const provider = state.providers.get(job.provider)
  if (provider !== undefined) provider.openJobs -= 1
}

function countOf(state: GridState, index: number, what: 'ended' | 'refused' | 'lost' | 'late', now: number): void {
  const provider = state.providers.get(index)
  if (provider !== undefined) count(provider.record, what, now)
}
