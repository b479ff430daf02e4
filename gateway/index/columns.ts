import type { ColumnDefinitionBuilder, CreateTableBuilder, Kysely } from 'kysely'
import { isPostgres } from '../../store/columns.ts'
import type { IndexTables } from './tables.ts'

type Table = CreateTableBuilder<string, string>
type ColumnKinds = Readonly<Partial<Record<'integer' | 'text' | 'double precision', readonly string[]>>>

/** Adds columns of each kind that are never null. */
export function columns(table: Table, kinds: ColumnKinds): Table {
  let made = table
  for (const name of kinds.integer ?? []) made = made.addColumn(name, 'bigint', (column) => column.notNull())
  for (const name of kinds.text ?? []) made = made.addColumn(name, 'text', (column) => column.notNull())
  for (const name of kinds['double precision'] ?? []) {
    made = made.addColumn(name, 'double precision', (column) => column.notNull())
  }
  return made
}

/** The type of a key that is a number. In SQLite one of this very type is the row’s own number and costs no index. */
export function keyType(index: Kysely<IndexTables>): 'bigint' | 'integer' {
  return isPostgres(index) ? 'bigint' : 'integer'
}

/** A table whose rows stand at places, and go with their block. */
export function keyed(index: Kysely<IndexTables>, table: Table, kinds: ColumnKinds): Table {
  const place = table.addColumn('place', keyType(index), (column) => column.primaryKey())
  return columns(place.addColumn('block', 'bigint', ofBlock), kinds)
}

/** The row goes with its block. */
export function ofBlock(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull().references('blocks.number').onDelete('cascade')
}

/** What superseded the row goes with its block, and the row stands again. */
export function superseded(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.references('blocks.number').onDelete('set null')
}

/** Finds the rows that go with a block. */
export async function byBlock(index: Kysely<IndexTables>, table: string): Promise<void> {
  await index.schema.createIndex(`${table}_by_block`).on(table).column('block').execute()
}
