import { type Kysely, sql } from 'kysely'
import { isPostgres } from '../../store/columns.ts'
import { type DatabasePlace, openDatabase } from '../../store/openDatabase.ts'
import { createIndex, dropIndex, INDEX_VERSION } from './schema.ts'
import type { IndexTables } from './tables.ts'

/** The grid that an index is of. */
export interface GridIdentity {
  readonly chainId: number
  readonly jobs: string
  /** Hash of block 0. */
  readonly genesis: string
  /** First block that can hold an event. */
  readonly startBlock: number
}

/** An index that is open. */
export interface OpenedIndex {
  readonly index: Kysely<IndexTables>
  /** Why what was there before was dropped; undefined where it was kept. */
  readonly dropped: 'was-empty' | 'other-grid' | 'other-version' | 'asked-to' | undefined
}

/** Where the tables are in a PostgreSQL that keeps other things too. */
const SCHEMA = 'chain_index'

/**
 * Opens the index of a grid. Nothing in it is worth keeping that the chain does not tell again: one of another grid or version is dropped,
 * and so is any with `anew`.
 */
export async function openIndex(place: DatabasePlace, grid: GridIdentity, anew = false): Promise<OpenedIndex> {
  const index = openDatabase<IndexTables>(inSchema(place))
  try {
    if (isPostgres(index)) await sql`CREATE SCHEMA IF NOT EXISTS ${sql.ref(SCHEMA)}`.execute(index)
    else await forFile(index)
    const dropped = anew ? 'asked-to' : await unfit(index, grid)
    if (dropped !== undefined) await startAnew(index, grid)
    return { index, dropped }
  } catch (error) {
    await index.destroy()
    throw error
  }
}

/** Settings of SQLite for what can always be built again. */
async function forFile(index: Kysely<IndexTables>): Promise<void> {
  // What a crash of the machine takes is followed again.
  await sql`PRAGMA synchronous = NORMAL`.execute(index)
  // 64 MB: the rows of many customers and providers touch pages all over their indexes.
  await sql`PRAGMA cache_size = -65536`.execute(index)
  await sql`PRAGMA wal_autocheckpoint = 16384`.execute(index)
}

/** Queries say no schema: the connection does. */
function inSchema(place: DatabasePlace): DatabasePlace {
  if (place.kind === 'file') return place
  const url = new URL(place.url)
  url.searchParams.set('options', `-c search_path=${SCHEMA}`)
  return { ...place, url: url.toString() }
}

async function unfit(index: Kysely<IndexTables>, grid: GridIdentity): Promise<OpenedIndex['dropped']> {
  const tables = await index.introspection.getTables()
  if (!tables.some(({ name, schema }) => name === 'followed' && (schema ?? SCHEMA) === SCHEMA)) return 'was-empty'
  const row = await index.selectFrom('followed').selectAll().executeTakeFirst()
  if (row?.version !== INDEX_VERSION) return 'other-version'
  const { chainId, jobs, genesis } = grid
  const isSame = row.chain_id === chainId && row.jobs === jobs.toLowerCase() && row.genesis === genesis
  return isSame ? undefined : 'other-grid'
}

async function startAnew(index: Kysely<IndexTables>, grid: GridIdentity): Promise<void> {
  await index.transaction().execute(async (write) => {
    await dropIndex(write)
    await createIndex(write)
    const { chainId, jobs, genesis, startBlock } = grid
    await write
      .insertInto('followed')
      .values({
        version: INDEX_VERSION,
        chain_id: chainId,
        jobs: jobs.toLowerCase(),
        genesis,
        block: startBlock - 1,
        hash: '',
        time: 0,
      })
      .execute()
  })
}
