import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { type SqliteDatabase, SqliteDialect } from 'kysely'

/**
 * Kysely's SQLite dialect over the SQLite that is built into Node. What is committed survives a crash of the machine, and the file
 * belongs to one process at a time: two senders on one ledger would take the same nonces. Throws where another process has it.
 */
export function nodeSqlite(path: string): SqliteDialect {
  const database = new DatabaseSync(path, { timeout: 0 })
  database.exec('PRAGMA locking_mode = EXCLUSIVE')
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  database.exec('PRAGMA foreign_keys = ON')
  database.exec('BEGIN EXCLUSIVE; COMMIT')
  return new SqliteDialect({ database: adapt(database) })
}

function adapt(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      }
    },
  }
}

// The queries bind strings, numbers and null alone.
function values(parameters: readonly unknown[]): SQLInputValue[] {
  return [...parameters] as SQLInputValue[]
}
