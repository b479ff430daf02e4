import { Kysely } from 'kysely'
import { migrate } from './migrations.ts'
import { nodeSqlite } from './nodeSqlite.ts'
import type { Tables } from './tables.ts'

export type Store = Kysely<Tables>

/** The grid that a store belongs to. */
export interface GridIdentity {
  readonly chainId: number
  readonly jobs: string
  /** Hash of block 0. */
  readonly genesis: string
}

/** The store cannot be used. */
export class StoreUnusable extends Error {
  readonly code = 'STORE_UNUSABLE'
  override readonly name = 'StoreUnusable'
  constructor(path: string, problem: string) {
    super(`STORE_PATH ${path} ${problem}.`)
  }
}

/** Opens the store in the file at `path`, makes or upgrades its tables, and binds it to one grid. Throws StoreUnusable. */
export async function openStore(path: string, grid: GridIdentity): Promise<Store> {
  const store = new Kysely<Tables>({ dialect: dialectOf(path) })
  await migrate(store)
  const bound = await store.selectFrom('grid').selectAll().executeTakeFirst()
  const row = { chain_id: grid.chainId, jobs: grid.jobs.toLowerCase(), genesis: grid.genesis }
  if (bound === undefined) {
    await store.insertInto('grid').values(row).execute()
    return store
  }
  if (bound.chain_id === row.chain_id && bound.jobs === row.jobs && bound.genesis === row.genesis) return store
  await store.destroy()
  const other = `belongs to the grid ${bound.jobs} on chain ${bound.chain_id} with genesis ${bound.genesis}`
  throw new StoreUnusable(path, `${other}. Name another file; the old one can be deleted once nothing in it is wanted`)
}

function dialectOf(path: string): ReturnType<typeof nodeSqlite> {
  try {
    return nodeSqlite(path)
  } catch (cause) {
    throw new StoreUnusable(path, `cannot be opened (${String(cause)}). Is another oracle using it, or is it no store`)
  }
}
