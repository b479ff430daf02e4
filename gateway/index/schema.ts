import { type Kysely, sql } from 'kysely'
import { byBlock, columns, keyed, keyType, ofBlock, superseded } from './columns.ts'
import type { IndexTables } from './tables.ts'
import { createViews } from './views.ts'

/** Raised with every change of tables or of what is written into them: an index of another version is dropped and built anew. */
export const INDEX_VERSION = 1

const VIEWS = ['jobs', 'transitions', 'providers'] as const
const TABLES = [
  'followed',
  'tallies',
  'provider_states',
  'provider_facts',
  'job_changes',
  'submissions',
  'transactions',
  'blocks',
] as const

type Index = Kysely<IndexTables>

/** Removes everything of the index. */
export async function dropIndex(index: Index): Promise<void> {
  for (const view of VIEWS) await index.schema.dropView(view).ifExists().execute()
  for (const table of TABLES) await index.schema.dropTable(table).ifExists().execute()
}

/** Makes the tables and views of an empty index. */
export async function createIndex(index: Index): Promise<void> {
  await createChain(index)
  await createJobs(index)
  await createProviders(index)
  await createTallies(index)
  await createViews(index)
}

async function createChain(index: Index): Promise<void> {
  await columns(index.schema.createTable('followed'), {
    integer: ['version', 'chain_id', 'block', 'time'],
    text: ['jobs', 'genesis', 'hash'],
  }).execute()
  await columns(index.schema.createTable('blocks'), { text: ['hash'], integer: ['time', 'events'] })
    .addColumn('number', keyType(index), (column) => column.primaryKey())
    .execute()
  await index.schema.createIndex('blocks_by_time').on('blocks').columns(['time', 'number']).execute()
  await sql`CREATE INDEX blocks_bare ON blocks (number) WHERE events = 0`.execute(index)
  await keyed(index, index.schema.createTable('transactions'), { text: ['hash'] }).execute()
  await byBlock(index, 'transactions')
}

async function createJobs(index: Index): Promise<void> {
  await keyed(index, index.schema.createTable('submissions'), { text: ['id'] })
    .addColumn('request', 'text')
    .addUniqueConstraint('submissions_id', ['id'])
    .execute()
  await byBlock(index, 'submissions')
  await keyed(index, index.schema.createTable('job_changes'), {
    integer: ['transaction_place', 'job', 'from_status', 'status', 'attempt', 'provider', 'party', 'since'],
    text: ['customer', 'kind', 'budget', 'rate'],
  })
    .addColumn('cancel_requested', 'bigint', (column) => column.notNull())
    .addColumn('details', 'text')
    .addColumn('next_block', 'bigint', superseded)
    .execute()
  await byBlock(index, 'job_changes')
  // Of the present rows it knows nothing: they have indexes of their own below, which are the better ones.
  await sql`CREATE INDEX job_changes_by_next ON job_changes (next_block) WHERE next_block IS NOT NULL`.execute(index)
  await index.schema.createIndex('job_changes_by_job').on('job_changes').columns(['job', 'place']).execute()
  await index.schema.createIndex('job_changes_by_party').on('job_changes').columns(['party', 'place']).execute()
  await index.schema.createIndex('job_changes_by_customer').on('job_changes').columns(['customer', 'place']).execute()
  await index.schema.createIndex('job_changes_by_status').on('job_changes').columns(['status', 'place']).execute()
  for (const by of [[], ['status'], ['customer'], ['customer', 'status'], ['provider'], ['provider', 'status']]) {
    const list = sql.join([...by, 'job'].map((column) => sql.ref(column)))
    const name = sql.ref(['jobs_now', ...by].join('_by_'))
    await sql`CREATE INDEX ${name} ON job_changes (${list}) WHERE next_block IS NULL`.execute(index)
  }
}

async function createProviders(index: Index): Promise<void> {
  await columns(index.schema.createTable('provider_facts'), {
    integer: ['place', 'provider'],
    text: ['topic', 'fact'],
  })
    .addColumn('block', 'bigint', ofBlock)
    .addColumn('next_block', 'bigint', superseded)
    .addPrimaryKeyConstraint('provider_facts_key', ['place', 'topic'])
    .execute()
  await byBlock(index, 'provider_facts')
  await index.schema.createIndex('provider_facts_by_next').on('provider_facts').column('next_block').execute()
  await sql`CREATE INDEX provider_facts_now ON provider_facts (provider, topic) WHERE next_block IS NULL`.execute(index)
  await columns(index.schema.createTable('provider_states'), {
    integer: ['provider', 'status', 'draining', 'unbonds_at', 'open_jobs', 'last_seen', 'registered_at', 'record_at'],
    text: ['stake', 'unbonding'],
    'double precision': ['ended', 'refused', 'lost', 'late'],
  })
    .addColumn('block', 'bigint', ofBlock)
    .addPrimaryKeyConstraint('provider_states_key', ['provider', 'block'])
    .execute()
  await byBlock(index, 'provider_states')
}

async function createTallies(index: Index): Promise<void> {
  await columns(index.schema.createTable('tallies'), {
    integer: [
      ...['submitted', 'assigned', 'returned', 'pending', 'meta_scheduled', 'scheduled', 'running'],
      ...['finished', 'failed', 'out_of_credits', 'cancelled', 'panicked'],
    ],
    text: ['scope', 'cost', 'cut', 'refund', 'seconds_used', 'cpu_seconds', 'gpu_seconds'],
  })
    .addColumn('block', 'bigint', ofBlock)
    .addPrimaryKeyConstraint('tallies_key', ['scope', 'block'])
    .execute()
  await byBlock(index, 'tallies')
}
