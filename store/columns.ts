import { type CreateTableBuilder, type Kysely, PostgresAdapter } from 'kysely'

/** Whether the server keeps the database, not a file. */
export function isPostgres(db: Pick<Kysely<never>, 'getExecutor'>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}

/** Adds a primary key that counts the rows up by itself: the database never gives a number twice. */
export function withSequence<Table extends string, Columns extends string, Name extends string>(
  db: Kysely<never>,
  table: CreateTableBuilder<Table, Columns>,
  name: Name,
): CreateTableBuilder<Table, Columns | Name> {
  return isPostgres(db)
    ? table.addColumn(name, 'bigserial', (column) => column.primaryKey())
    : table.addColumn(name, 'integer', (column) => column.primaryKey().autoIncrement())
}
