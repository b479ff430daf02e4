import { cursorOf, LAST_PLACE, placeNumber } from '../place.ts'
import type { Reading } from './reading.ts'

/** Which part of a list is wanted. */
export interface PageWish {
  readonly order: 'newest' | 'oldest'
  /** Items at most. */
  readonly limit: number
  /** The place of the last item of the page before; undefined for the first page. */
  readonly after: number | undefined
}

/** A part of a list, and the cursor of the next one; null where there is none. */
export interface Page<Item> {
  readonly items: Item[]
  readonly next: string | null
}

/** A time from one second on until before another, unix seconds. */
export interface TimeRange {
  readonly from: number | undefined
  readonly until: number | undefined
}

/** Places from `first` to `last`, both included. */
export interface PlaceRange {
  readonly first: number
  readonly last: number
}

/** The places that a page may hold: within the times, and beyond the page before. */
export async function placesOf(read: Reading, times: TimeRange, page: PageWish): Promise<PlaceRange> {
  const first = times.from === undefined ? 0 : await firstPlaceAt(read, times.from)
  const last = times.until === undefined ? LAST_PLACE : (await firstPlaceAt(read, times.until)) - 1
  if (page.after === undefined) return { first, last }
  if (page.order === 'newest') return { first, last: Math.min(last, page.after - 1) }
  return { first: Math.max(first, page.after + 1), last }
}

/** The first place of the first block at or after a time. */
async function firstPlaceAt(read: Reading, time: number): Promise<number> {
  const block = await read
    .selectFrom('blocks')
    .select('number')
    .where('time', '>=', time)
    .orderBy('time')
    .orderBy('number')
    .limit(1)
    .executeTakeFirst()
  return block === undefined ? LAST_PLACE + 1 : placeNumber(block.number, 0)
}

/** The page that rows make, of which one more than wanted was read to know whether there are others. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  page: PageWish,
  placeOf: (row: Row) => number,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const sign = page.order === 'newest' ? -1 : 1
  const sorted = rows.toSorted((left, right) => sign * (placeOf(left) - placeOf(right)))
  const wanted = sorted.slice(0, page.limit)
  const last = wanted.at(-1)
  const next = sorted.length > wanted.length && last !== undefined ? cursorOf(placeOf(last)) : null
  return { items: wanted.map(itemOf), next }
}

/** The word that SQL has for an order. */
export function directionOf(page: PageWish): 'asc' | 'desc' {
  return page.order === 'newest' ? 'desc' : 'asc'
}
