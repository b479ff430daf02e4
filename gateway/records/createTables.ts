import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'

const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull()
const key = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.primaryKey()

/** The first version of the tables. */
export async function createTables(db: Kysely<unknown>): Promise<void> {
  await createLogins(db)
  await createDefinitions(db)
  await createLogs(db)
}

async function createLogins(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('own_keys').addColumn('name', 'text', key).addColumn('value', 'text', required).execute()
  await db.schema
    .createTable('spent_nonces')
    .addColumn('nonce', 'text', key)
    .addColumn('expires_at', 'bigint', required)
    .execute()
  await db.schema
    .createTable('sessions')
    .addColumn('token_hash', 'text', key)
    .addColumn('account', 'text', required)
    .addColumn('expires_at', 'bigint', required)
    .execute()
}

async function createDefinitions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('definitions')
    .addColumn('id', 'text', required)
    .addColumn('kind', 'text', required)
    .addColumn('owner', 'text', required)
    .addColumn('bytes', 'bigint', required)
    .addColumn('used_at', 'bigint', required)
    .addPrimaryKeyConstraint('definitions_key', ['id', 'kind'])
    .execute()
  await db.schema.createIndex('definitions_by_owner').on('definitions').column('owner').execute()
  await db.schema.createIndex('definitions_by_use').on('definitions').column('used_at').execute()
  await db.schema
    .createTable('definition_jobs')
    .addColumn('definition', 'text', required)
    .addColumn('job', 'text', required)
    .addPrimaryKeyConstraint('definition_jobs_key', ['definition', 'job'])
    .execute()
}

async function createLogs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('logs')
    .addColumn('execution', 'text', key)
    .addColumn('next_seq', 'integer', required)
    .addColumn('lines', 'bigint', required)
    .addColumn('bytes', 'bigint', required)
    .addColumn('head', 'text', required)
    .addColumn('manifest', 'text')
    .execute()
  await db.schema
    .createTable('chunks')
    .addColumn('execution', 'text', required)
    .addColumn('seq', 'integer', required)
    .addColumn('header', 'text', required)
    .addColumn('first_line', 'bigint', required)
    .addColumn('lines', 'integer', required)
    .addColumn('bytes', 'integer', required)
    // SQLite takes any name for a type, and bytes stay bytes.
    .addColumn('body', sql`bytea`)
    .addColumn('pack', 'integer')
    .addColumn('pack_offset', 'integer')
    .addPrimaryKeyConstraint('chunks_key', ['execution', 'seq'])
    .execute()
  await db.schema
    .createTable('readers')
    .addColumn('job', 'text', required)
    .addColumn('account', 'text', required)
    .addPrimaryKeyConstraint('readers_key', ['job', 'account'])
    .execute()
}
