import type { Kysely } from 'kysely'
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration'
import type { Tables } from './tables.ts'

const first: Migration = {
  async up(db: Kysely<unknown>) {
    await createMessages(db)
    await createLedger(db)
    await db.schema
      .createTable('grid')
      .addColumn('chain_id', 'integer', (column) => column.notNull())
      .addColumn('jobs', 'text', (column) => column.notNull())
      .addColumn('genesis', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('decisions')
      .addColumn('job', 'text', (column) => column.primaryKey())
      .addColumn('block', 'integer', (column) => column.notNull())
      .addColumn('decision', 'text', (column) => column.notNull())
      .execute()
  },
}

/** Brings the tables to the newest version. A version that was shipped is never edited; the next one comes after it. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const provider: MigrationProvider = { getMigrations: async () => ({ '0001-first': first }) }
  const { error } = await new Migrator({ db, provider }).migrateToLatest()
  if (error !== undefined) throw error
}

async function createMessages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('messages')
    .addColumn('sequence', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('key', 'text', (column) => column.notNull().unique())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('transaction_hash', 'text')
    .addColumn('reason_code', 'text')
    .addColumn('reason_message', 'text')
    .addColumn('tries', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('stored_at', 'integer', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('messages_by_state').on('messages').columns(['state', 'sequence']).execute()
  await db.schema.createIndex('messages_by_account').on('messages').columns(['account', 'state']).execute()
}

async function createLedger(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('transactions')
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('nonce', 'integer', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('gas_limit', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('transactions_key', ['account', 'nonce'])
    .execute()
  await db.schema.createIndex('transactions_by_state').on('transactions').columns(['account', 'state']).execute()
  await db.schema
    .createTable('attempts')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('nonce', 'integer', (column) => column.notNull())
    .addColumn('raw', 'text', (column) => column.notNull())
    .addColumn('max_fee', 'text', (column) => column.notNull())
    .addColumn('max_tip', 'text', (column) => column.notNull())
    .addColumn('signed_at_block', 'integer', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('attempts_by_nonce').on('attempts').columns(['account', 'nonce']).execute()
  await db.schema
    .createTable('parcels')
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('nonce', 'integer', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('subjects', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('parcels_key', ['account', 'nonce', 'position'])
    .execute()
}
