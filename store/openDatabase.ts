import { Kysely } from 'kysely'
import { nodeSqlite } from './nodeSqlite.ts'
import { postgres } from './postgres.ts'

/** Where a database is: a file that one process has for itself, or a PostgreSQL that many share. */
export type DatabasePlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'server'; readonly url: string; readonly onLost?: (cause: Error) => void }

/** The place that settings name: a server where they name one, else a file. */
export function databasePlace(path: string, url: string | undefined, onLost?: (cause: Error) => void): DatabasePlace {
  if (url === undefined) return { kind: 'file', path }
  return onLost === undefined ? { kind: 'server', url } : { kind: 'server', url, onLost }
}

/** Opens a database; the same queries run on both kinds. Throws where a file belongs to another process or is no database. */
export function openDatabase<Tables>(place: DatabasePlace): Kysely<Tables> {
  const dialect = place.kind === 'file' ? nodeSqlite(place.path) : postgres(place.url, place.onLost)
  return new Kysely<Tables>({ dialect })
}
