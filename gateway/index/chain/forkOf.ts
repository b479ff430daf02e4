import type { Kysely } from 'kysely'
import type { IndexTables } from '../tables.ts'
import type { Point } from '../write/commit.ts'
import type { Chain } from './chain.ts'

/**
 * Where the chain left what the index followed: the last block of the index, up to `head`, that is still part of the chain, or the
 * origin. Undefined where nothing speaks for a reorg: the last block of the index that the node can have is the one that it has.
 */
export async function forkOf(
  index: Kysely<IndexTables>,
  chain: Chain,
  head: number,
  origin: Point,
): Promise<Point | undefined> {
  const known = (back: number) => blockBack(index, head, back)
  // What is before the first block of the index always stands.
  const isGood = async (point: Point | undefined) =>
    point === undefined || (await chain.block(point.number))?.hash === point.hash
  if (await isGood(await known(0))) return undefined
  // `gone` is back to a block that is gone, `good` to one that stands: first in growing steps, since most reorgs are shallow.
  let gone = 0
  let good = 1
  while (!(await isGood(await known(good)))) {
    gone = good
    good *= 2
  }
  while (good - gone > 1) {
    const middle = Math.floor((good + gone) / 2)
    if (await isGood(await known(middle))) good = middle
    else gone = middle
  }
  return (await known(good)) ?? origin
}

/** The block of the index, up to `head`, that has so many blocks of the index after it. */
async function blockBack(index: Kysely<IndexTables>, head: number, back: number): Promise<Point | undefined> {
  return index
    .selectFrom('blocks')
    .select(['number', 'hash', 'time'])
    .where('number', '<=', head)
    .orderBy('number', 'desc')
    .offset(back)
    .limit(1)
    .executeTakeFirst()
}
