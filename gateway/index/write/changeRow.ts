import type { GridEvent } from '../../../sdk/domain/events.ts'
import { statusNumber } from '../../../sdk/domain/status.ts'
import { textOf } from '../json.ts'
import { placeNumber } from '../place.ts'
import type { JobChangesTable } from '../tables.ts'
import type { Rows } from './rows.ts'
import type { Holding } from './tallied.ts'
import type { Working } from './working.ts'

const CHANGES = [
  ...(['job-submitted', 'job-assigned', 'job-scheduled', 'job-started', 'job-returned', 'job-ended'] as const),
  ...(['cancel-requested', 'job-topped-up'] as const),
]

/** The events that change what is known of a job. */
export type JobChange = Extract<GridEvent, { kind: (typeof CHANGES)[number] }>

export function isJobChange(event: GridEvent): event is JobChange {
  return CHANGES.some((kind) => kind === event.kind)
}

/** Adds the row of an event about a job, after the event was reduced. What is about no job that the index knows adds none. */
export function changeRow(rows: Rows, working: Working, event: JobChange, before: Holding | undefined): void {
  const place = placeNumber(event.place.block, event.place.logIndex)
  const after = working.grid.jobs.get(event.id) ?? ended(event, before)
  if (after === undefined) return
  const known = working.rows.get(event.id)
  const job = known?.job ?? place
  if (known === undefined)
    rows.submissions.push({ place, block: event.place.block, id: event.id, request: requestOf(event) })
  else supersede(rows, known.present, event.place.block)
  const row: JobChangesTable = {
    place,
    block: event.place.block,
    transaction_place: rows.transactions.get(event.place.transaction)?.place ?? place,
    job,
    customer: event.kind === 'job-ended' ? event.customer : (after.request?.customer ?? ''),
    kind: event.kind,
    from_status: statusNumber(before?.status ?? 'NONE'),
    status: statusNumber(after.status),
    attempt: after.attempt,
    provider: after.provider,
    party: 'provider' in event ? event.provider : 0,
    since: after.since,
    budget: String(after.budget),
    rate: String(after.rate),
    cancel_requested: after.cancelRequested ? 1 : 0,
    details: detailsOf(event),
    next_block: null,
  }
  rows.changeAt.set(place, row)
  if (event.kind === 'job-ended') working.rows.delete(event.id)
  else working.rows.set(event.id, { job, present: place })
}

type Ended = Omit<Holding, 'request'> & { readonly request: Holding['request'] | undefined }

/** What stands of a job that has ended: what stood before, or, of a request that was revoked before anybody sent it, nothing. */
function ended(event: JobChange, before: Holding | undefined): Ended | undefined {
  if (event.kind !== 'job-ended') return undefined
  const { status } = event
  if (before !== undefined) return { ...before, status }
  const since = event.place.time
  return { status, provider: 0, attempt: 0, since, budget: 0n, rate: 0n, cancelRequested: false, request: undefined }
}

function requestOf(event: JobChange): string | null {
  return event.kind === 'job-submitted' ? textOf(event.request) : null
}

/** Marks the row that stood until now. */
function supersede(rows: Rows, present: number, block: number): void {
  const row = rows.changeAt.get(present)
  if (row !== undefined) {
    row.next_block = block
    return
  }
  const places = rows.superseded.get(block)
  if (places === undefined) rows.superseded.set(block, [present])
  else places.push(present)
}

function detailsOf(event: JobChange): JobChangesTable['details'] {
  switch (event.kind) {
    case 'job-assigned':
      return textOf({ cutPermille: event.cutPermille })
    case 'job-returned':
      return textOf({ reason: event.reason })
    case 'job-ended': {
      const { cost, cut, refund, secondsUsed, exitCode, result } = event
      return textOf({ cost, cut, refund, secondsUsed, exitCode, result })
    }
    default:
      return null
  }
}
