import type { Kysely, Transaction } from 'kysely'
import { isPostgres } from '../../../store/columns.ts'
import type { IndexTables } from '../tables.ts'

/** Queries that all see the index as of one block. */
export type Reading = Transaction<IndexTables>

/** The block that an answer is as of; `block` is below the grid's first where nothing was followed yet. */
export interface AsOf {
  readonly block: number
  readonly hash: string
  /** Unix seconds. */
  readonly time: number
}

/** Reads several things of the index as of one and the same block. */
export async function reading<Answer>(
  index: Kysely<IndexTables>,
  read: (index: Reading, asOf: AsOf) => Promise<Answer>,
): Promise<Answer> {
  const transaction = index.transaction()
  // SQLite has one connection here, on which nothing is written meanwhile.
  const level = isPostgres(index) ? 'repeatable read' : undefined
  const isolated = level === undefined ? transaction : transaction.setIsolationLevel(level)
  return isolated.execute(async (within) => {
    const followed = await within.selectFrom('followed').select(['block', 'hash', 'time']).executeTakeFirstOrThrow()
    return read(within, followed)
  })
}
