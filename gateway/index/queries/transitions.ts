import type { Selectable } from 'kysely'
import type { Hex } from '../../../sdk/domain/job.ts'
import { type JobStatus, statusNumber } from '../../../sdk/domain/status.ts'
import type { TransitionsView } from '../tables.ts'
import { directionOf, type Page, type PageWish, pageOf, placesOf, type TimeRange } from './pages.ts'
import type { Reading } from './reading.ts'

/** Which transitions are wanted. */
export interface TransitionFilter {
  readonly customer: Hex | undefined
  /** The provider that the transition is about. */
  readonly provider: number | undefined
  /** The states that were come to; any where it is empty. */
  readonly to: readonly JobStatus[]
  readonly at: TimeRange
}

export type TransitionRow = Selectable<TransitionsView>

/** A page of transitions in the order of the chain. */
export async function listTransitions<Item>(
  read: Reading,
  filter: TransitionFilter,
  page: PageWish,
  itemOf: (row: TransitionRow) => Item,
): Promise<Page<Item>> {
  const { first, last } = await placesOf(read, filter.at, page)
  let query = read
    .selectFrom('transitions')
    .selectAll()
    .where('place', '>=', first)
    .where('place', '<=', last)
    .orderBy('place', directionOf(page))
    .limit(page.limit + 1)
  if (filter.customer !== undefined) query = query.where('customer', '=', filter.customer)
  if (filter.provider !== undefined) query = query.where('party', '=', filter.provider)
  if (filter.to.length === 0) return pageOf(await query.execute(), page, ({ place }) => place, itemOf)
  const rows: TransitionRow[] = []
  for (const state of new Set(filter.to)) {
    rows.push(...(await query.where('status', '=', statusNumber(state)).execute()))
  }
  return pageOf(rows, page, ({ place }) => place, itemOf)
}

/** Every transition of the job with an id, oldest first; none where no job has it. */
export async function transitionsOf(read: Reading, id: Hex): Promise<readonly TransitionRow[]> {
  const job = await read.selectFrom('submissions').select('place').where('id', '=', id).executeTakeFirst()
  if (job === undefined) return []
  return read.selectFrom('transitions').selectAll().where('job', '=', job.place).orderBy('place').execute()
}
