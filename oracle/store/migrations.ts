import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { withSequence } from '../../store/columns.ts'
import { migrateTo } from '../../store/migrateTo.ts'
import type { Tables } from './tables.ts'

const first: Migration = {
  async up(db: Kysely<never>) {
    await createMessages(db)
    await createLedger(db)
    await db.schema
      .createTable('grid')
      .addColumn('only', 'integer', (column) => column.primaryKey())
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

const leaders: Migration = {
  async up(db: Kysely<Tables>) {
    await db.schema
      .createTable('leaders')
      .addColumn('epoch', 'bigint', (column) => column.notNull())
      .addColumn('holder', 'text')
      .addColumn('beats', 'bigint', (column) => column.notNull())
      .execute()
    await db.insertInto('leaders').values({ epoch: 0, holder: null, beats: 0 }).execute()
  },
}

const checkpoints: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('checkpoints')
      .addColumn('shape', 'integer', (column) => column.notNull())
      .addColumn('block', 'integer', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .execute()
  },
}

/** Brings the tables to the newest version. A version that was shipped is never edited; the next one comes after it. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  await migrateTo(db, { '0001-first': first, '0002-leaders': leaders, '0003-checkpoints': checkpoints })
}

async function createMessages(db: Kysely<never>): Promise<void> {
  await withSequence(db, db.schema.createTable('messages'), 'sequence')
    .addColumn('key', 'text', (column) => column.notNull().unique())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('transaction_hash', 'text')
    .addColumn('reason_code', 'text')
    .addColumn('reason_message', 'text')
    .addColumn('tries', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('stored_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('messages_by_state').on('messages').columns(['state', 'sequence']).execute()
  await db.schema.createIndex('messages_by_account').on('messages').columns(['account', 'state']).execute()
}

async function createLedger(db: Kysely<never>): Promise<void> {
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
