import { tallyFrom } from '../tallyRow.ts'
import { difference, EMPTY_TALLY, type Tally } from '../write/tally.ts'
import type { Reading } from './reading.ts'

const DAY_SECONDS = 86_400

/** What happened on one day. */
export interface DayTally {
  /** YYYY-MM-DD, UTC. */
  readonly day: string
  readonly tally: Tally
}

/** The running totals of a scope at the end of a block. */
export async function tallyAt(read: Reading, scope: string, block: number): Promise<Tally> {
  const row = await read
    .selectFrom('tallies')
    .selectAll()
    .where('scope', '=', scope)
    .where('block', '<=', block)
    .orderBy('block', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? EMPTY_TALLY : tallyFrom(row)
}

/** What was added to the totals of a scope on each of `days` days, from the one that begins at `start` (unix seconds) on. */
export async function dailyTallies(
  read: Reading,
  scope: string,
  start: number,
  days: number,
): Promise<readonly DayTally[]> {
  const tallies: DayTally[] = []
  let before = await tallyBefore(read, scope, start)
  for (let at = 0; at < days; at += 1) {
    const begin = start + at * DAY_SECONDS
    const after = await tallyBefore(read, scope, begin + DAY_SECONDS)
    const day = new Date(begin * 1000).toISOString().slice(0, 10)
    tallies.push({ day, tally: difference(after, before) })
    before = after
  }
  return tallies
}

/** The running totals of a scope before a time. */
async function tallyBefore(read: Reading, scope: string, time: number): Promise<Tally> {
  const block = await read
    .selectFrom('blocks')
    .select('number')
    .where('time', '<', time)
    .orderBy('time', 'desc')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return block === undefined ? EMPTY_TALLY : tallyAt(read, scope, block.number)
}
