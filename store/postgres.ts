import { PostgresDialect } from 'kysely'
import pg from 'pg'

/** Milliseconds after which a server that does not answer has not answered. */
const CONNECT_TIMEOUT_MS = 3_000
const QUERY_TIMEOUT_MS = 15_000
const CONNECTIONS = 8

/** Kysely's PostgreSQL dialect. Whole numbers come as numbers: none that is kept is above 2^53. */
export function postgres(url: string, onLost: (cause: Error) => void = () => {}): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    statement_timeout: QUERY_TIMEOUT_MS,
    // A process that was stopped inside of a transaction must not hold its rows for ever.
    idle_in_transaction_session_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser },
  })
  // A connection that breaks, idle or asked, would end the process where nobody listens to it; the next query opens another.
  pool.on('connect', (connection) => connection.on('error', onLost))
  // Of an idle one the pool says it once more.
  pool.on('error', () => {})
  return new PostgresDialect({ pool })
}

const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: unknown) =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')
