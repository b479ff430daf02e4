/** More logs than one block can hold. */
const LOGS = 2 ** 20

/**
 * Where an event stands, as one number in the order of the chain: the key of its row. Exact up to block 2^33, which is also the largest
 * that a cursor can name.
 */
export function placeNumber(block: number, logIndex: number): number {
  return block * LOGS + logIndex
}

/** The block and log index behind a place. */
export function placeParts(place: number): { readonly block: number; readonly logIndex: number } {
  return { block: Math.floor(place / LOGS), logIndex: place % LOGS }
}

/** The largest place there is. */
export const LAST_PLACE = placeNumber(2 ** 33 - 1, LOGS - 1)

/** The text of a place in a cursor: `<block>-<log index>`. It names a position, not a row, so that it outlives a reorg. */
export function cursorOf(place: number): string {
  const { block, logIndex } = placeParts(place)
  return `${block}-${logIndex}`
}

/** The place that a cursor names; undefined where the text is no cursor. */
export function placeOfCursor(cursor: string): number | undefined {
  const match = /^(\d{1,10})-(\d{1,7})$/.exec(cursor)
  const place = match === null ? Number.NaN : placeNumber(Number(match[1]), Number(match[2]))
  return Number(match?.[2]) < LOGS && place <= LAST_PLACE ? place : undefined
}
