import type { Kysely } from 'kysely'
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration'
import { createTables } from './createTables.ts'
import type { Tables } from './tables.ts'

export type Records = Kysely<Tables>

const first: Migration = { up: createTables }

/**
 * Brings the tables of a database to the newest version. A version that was shipped is never edited; the next one comes after it.
 * Others may keep tables of their own in the same database.
 */
export async function openRecords(records: Records): Promise<Records> {
  const provider: MigrationProvider = { getMigrations: async () => ({ '0001-first': first }) }
  const names = { migrationTableName: 'gateway_migration', migrationLockTableName: 'gateway_migration_lock' }
  const { error } = await new Migrator({ db: records, provider, ...names }).migrateToLatest()
  if (error !== undefined) throw error
  return records
}

/** Bytes that the gateway made for itself once, such as the key of its nonces; every replica reads the same. */
export async function ownKey(records: Records, name: string, made: Uint8Array): Promise<Uint8Array> {
  const value = Buffer.from(made).toString('hex')
  await records
    .insertInto('own_keys')
    .values({ name, value })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await records.selectFrom('own_keys').select('value').where('name', '=', name).executeTakeFirstOrThrow()
  return Buffer.from(row.value, 'hex')
}
