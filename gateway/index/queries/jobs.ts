import type { Selectable } from 'kysely'
import type { Hex } from '../../../sdk/domain/job.ts'
import { type JobStatus, statusNumber } from '../../../sdk/domain/status.ts'
import type { JobsView } from '../tables.ts'
import { directionOf, type Page, type PageWish, pageOf, placesOf, type TimeRange } from './pages.ts'
import type { Reading } from './reading.ts'

/** Which jobs are wanted. */
export interface JobFilter {
  readonly customer: Hex | undefined
  /** The provider that the job is with or ended at. */
  readonly provider: number | undefined
  /** Any where it is empty. */
  readonly states: readonly JobStatus[]
  readonly submitted: TimeRange
}

export type JobRow = Selectable<JobsView>

/** What became of a job id. */
export type FoundJob =
  | { readonly kind: 'found'; readonly row: JobRow }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'unknown' }

/** A page of jobs in the order of their submission. */
export async function listJobs<Item>(
  read: Reading,
  filter: JobFilter,
  page: PageWish,
  itemOf: (row: JobRow) => Item,
): Promise<Page<Item>> {
  const { first, last } = await placesOf(read, filter.submitted, page)
  let query = read
    .selectFrom('jobs')
    .selectAll()
    .where('job', '>=', first)
    .where('job', '<=', last)
    .orderBy('job', directionOf(page))
    .limit(page.limit + 1)
  if (filter.customer !== undefined) query = query.where('customer', '=', filter.customer)
  if (filter.provider !== undefined) query = query.where('provider', '=', filter.provider)
  if (filter.states.length === 0) return pageOf(await query.execute(), page, ({ job }) => job, itemOf)
  // State by state each is one walk along an index, which a choice among several is not.
  const rows: JobRow[] = []
  for (const state of new Set(filter.states)) {
    rows.push(...(await query.where('status', '=', statusNumber(state)).execute()))
  }
  return pageOf(rows, page, ({ job }) => job, itemOf)
}

/** The job with an id. */
export async function findJob(read: Reading, id: Hex): Promise<FoundJob> {
  const submission = await read
    .selectFrom('submissions')
    .select(['place', 'request'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (submission === undefined) return { kind: 'unknown' }
  if (submission.request === null) return { kind: 'revoked' }
  const row = await read.selectFrom('jobs').selectAll().where('job', '=', submission.place).executeTakeFirstOrThrow()
  return { kind: 'found', row }
}
