import type { Kysely } from 'kysely'
import { type DatabasePlace, openDatabase } from '../../store/openDatabase.ts'
import { migrate } from './migrations.ts'
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
  constructor(place: DatabasePlace, problem: string) {
    // The URL of a server holds its password.
    super(`${place.kind === 'file' ? `STORE_PATH ${place.path}` : 'DATABASE_URL'} ${problem}.`)
  }
}

/** Opens the store, makes or upgrades its tables, and binds it to one grid. Throws StoreUnusable. */
export async function openStore(place: DatabasePlace, grid: GridIdentity): Promise<Store> {
  const store = open(place)
  try {
    await migrate(store)
    await bind(store, place, grid)
    return store
  } catch (cause) {
    await store.destroy()
    if (cause instanceof StoreUnusable) throw cause
    throw new StoreUnusable(
      place,
      `cannot be used (${String(cause)}). Is it the database of an oracle, and does it answer`,
    )
  }
}

async function bind(store: Store, place: DatabasePlace, grid: GridIdentity): Promise<void> {
  const row = { chain_id: grid.chainId, jobs: grid.jobs.toLowerCase(), genesis: grid.genesis }
  await store
    .insertInto('grid')
    .values({ ...row, only: 1 })
    .onConflict((conflict) => conflict.column('only').doNothing())
    .execute()
  const bound = await store.selectFrom('grid').selectAll().executeTakeFirstOrThrow()
  if (bound.chain_id === row.chain_id && bound.jobs === row.jobs && bound.genesis === row.genesis) return
  const other = `belongs to the grid ${bound.jobs} on chain ${bound.chain_id} with genesis ${bound.genesis}`
  throw new StoreUnusable(place, `${other}. Name another; the old one can be deleted once nothing in it is wanted`)
}

function open(place: DatabasePlace): Store {
  try {
    return openDatabase<Tables>(place)
  } catch (cause) {
    throw new StoreUnusable(place, `cannot be opened (${String(cause)}). Is another oracle using it, or is it no store`)
  }
}
