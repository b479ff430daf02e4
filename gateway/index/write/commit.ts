import type { Insertable, Kysely, Transaction } from 'kysely'
import type { IndexTables } from '../tables.ts'
import type { Rows } from './rows.ts'

/** A block on the chain that the index follows. */
export interface Point {
  readonly number: number
  /** Empty before the first block. */
  readonly hash: string
  /** Unix seconds. */
  readonly time: number
}

/** Blocks without events whose hash is remembered, so that a reorg in a quiet time need not go back to the last event. */
const REMEMBERED_BLOCKS = 256
/** SQLite binds 32,766 values in one statement. */
const MOST_VALUES = 30_000

/** Somebody else moved the index meanwhile, such as another gateway on the same database: nothing was written. */
export class IndexMoved extends Error {
  readonly code = 'INDEX_MOVED'
  override readonly name = 'IndexMoved'
  constructor() {
    super('Another process moved the index. It is read again at the next turn.')
  }
}

/** Writes a batch whole and moves on from `tip` to `next`, or changes nothing. Throws IndexMoved where the index is not at `tip`. */
export async function commit(index: Kysely<IndexTables>, tip: Point, next: Point, rows: Rows): Promise<void> {
  await index.transaction().execute(async (write) => {
    await moveTip(write, tip, next)
    const bare = { number: next.number, hash: next.hash, time: next.time, events: 0 }
    await insert(write, 'blocks', [...rows.blocks.values(), ...(rows.blocks.has(next.number) ? [] : [bare])])
    await insert(write, 'transactions', [...rows.transactions.values()])
    await insert(write, 'submissions', rows.submissions)
    await supersede(write, rows)
    await insert(write, 'job_changes', [...rows.changeAt.values()])
    await insert(write, 'provider_facts', rows.facts)
    await insert(write, 'provider_states', rows.providerStates)
    await insert(write, 'tallies', rows.tallies)
    await write
      .deleteFrom('blocks')
      .where('events', '=', 0)
      .where('number', '<', next.number - REMEMBERED_BLOCKS)
      .execute()
  })
}

/** Takes back everything after the block `fork`. Throws IndexMoved where the index is not at `tip`. */
export async function rollBack(index: Kysely<IndexTables>, tip: Point, fork: Point): Promise<void> {
  await index.transaction().execute(async (write) => {
    await moveTip(write, tip, fork)
    await write.deleteFrom('blocks').where('number', '>', fork.number).execute()
  })
}

async function moveTip(write: Transaction<IndexTables>, from: Point, to: Point): Promise<void> {
  const { numUpdatedRows } = await write
    .updateTable('followed')
    .set({ block: to.number, hash: to.hash, time: to.time })
    .where('block', '=', from.number)
    .where('hash', '=', from.hash)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new IndexMoved()
}

async function supersede(write: Transaction<IndexTables>, rows: Rows): Promise<void> {
  for (const [block, places] of rows.superseded) {
    for (let at = 0; at < places.length; at += MOST_VALUES) {
      await write
        .updateTable('job_changes')
        .set({ next_block: block })
        .where('place', 'in', places.slice(at, at + MOST_VALUES))
        .execute()
    }
  }
  // The first row of the batch about a topic supersedes the one that stands in the index.
  for (const { provider, topic, block } of rows.facts) {
    await write
      .updateTable('provider_facts')
      .set({ next_block: block })
      .where('provider', '=', provider)
      .where('topic', '=', topic)
      .where('next_block', 'is', null)
      .execute()
  }
}

async function insert<Table extends keyof IndexTables & string>(
  write: Transaction<IndexTables>,
  table: Table,
  rows: readonly IndexTables[Table][],
): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const most = Math.floor(MOST_VALUES / Object.keys(first).length)
  for (let at = 0; at < rows.length; at += most) {
    await write
      .insertInto(table)
      .values(rows.slice(at, at + most) as Insertable<IndexTables[Table]>[])
      .execute()
  }
}
