import type { Kysely } from 'kysely'
import { placeOfCursor } from '../place.ts'
import type { PageWish } from '../queries/pages.ts'
import { type AsOf, type Reading, reading } from '../queries/reading.ts'
import type { IndexTables } from '../tables.ts'
import { IndexRefusal } from './indexRefusal.ts'
import { refusal } from './schemas.ts'

/** How a route that the index may refuse answers then. */
export const REFUSED = { '4xx': refusal, '5xx': refusal } as const

/** Reads the index where something was followed. Throws IndexRefusal INDEX_EMPTY. */
export function answered<Answer>(
  index: Kysely<IndexTables>,
  read: (index: Reading, asOf: AsOf) => Promise<Answer>,
): Promise<Answer> {
  return reading(index, (within, asOf) => {
    if (asOf.hash === '') throw new IndexRefusal('INDEX_EMPTY')
    return read(within, asOf)
  })
}

/** The page that a query asks for. Throws IndexRefusal CURSOR_MALFORMED. */
export function pageWish(query: {
  readonly order: 'newest' | 'oldest'
  readonly limit: number
  readonly cursor?: string | undefined
}): PageWish {
  const after = query.cursor === undefined ? undefined : placeOfCursor(query.cursor)
  if (query.cursor !== undefined && after === undefined) throw new IndexRefusal('CURSOR_MALFORMED')
  return { order: query.order, limit: query.limit, after }
}

/** A range of times. Throws IndexRefusal RANGE_EMPTY where it ends before it begins. */
export function timeRange(from: number | undefined, until: number | undefined) {
  if (from !== undefined && until !== undefined && until <= from) throw new IndexRefusal('RANGE_EMPTY')
  return { from, until }
}
