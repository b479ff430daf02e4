import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Context } from 'mocha'
import { type GridIdentity, openIndex } from '../../../../gateway/index/openIndex.ts'
import type { IndexTables } from '../../../../gateway/index/tables.ts'
import type { DatabasePlace } from '../../../../store/openDatabase.ts'
import { postgresFor } from '../../../support/postgres.ts'
import { GENESIS } from './memoryChain.ts'

export type Index = Kysely<IndexTables>

export const IDENTITY: GridIdentity = { chainId: 31337, jobs: '0xAb', genesis: GENESIS.hash, startBlock: 1 }

/** Places for databases of one kind, each of its own. */
export interface Places {
  fresh(): Promise<DatabasePlace>
  close(): Promise<void>
}

/** Where an index can be kept, and how often to try a property there. */
export const KINDS = [
  { name: 'a file', placesOf: files, runs: 20 },
  { name: 'PostgreSQL', placesOf: servers, runs: 4 },
] as const

/** Databases of a PostgreSQL; skips the test where there is none. */
async function servers(context: Context): Promise<Places> {
  const server = await postgresFor(context)
  return { fresh: async () => ({ kind: 'server', url: await server.database() }), close: () => server.stop() }
}

/** Files of SQLite. */
export async function files(_context: Context): Promise<Places> {
  const folder = mkdtempSync(join(tmpdir(), 'index-'))
  let made = 0
  return {
    async fresh() {
      made += 1
      return { kind: 'file', path: join(folder, `${made}.sqlite`) }
    },
    close: async () => rmSync(folder, { recursive: true }),
  }
}

/** Opens the index of the memory chain, whatever it held before. */
export async function opened(place: DatabasePlace, anew = false): Promise<Index> {
  return (await openIndex(place, IDENTITY, anew)).index
}

/** Everything that an index holds, but blocks without events: which of those are remembered depends on when the chain was looked at. */
export async function dump(index: Index): Promise<Record<string, unknown>> {
  const [followed] = await index.selectFrom('followed').selectAll().execute()
  return {
    followed,
    blocks: await index.selectFrom('blocks').selectAll().where('events', '>', 0).orderBy('number').execute(),
    transactions: await index.selectFrom('transactions').selectAll().orderBy('place').execute(),
    submissions: await index.selectFrom('submissions').selectAll().orderBy('place').execute(),
    changes: await index.selectFrom('job_changes').selectAll().orderBy('place').execute(),
    facts: await index.selectFrom('provider_facts').selectAll().orderBy('place').orderBy('topic').execute(),
    states: await index.selectFrom('provider_states').selectAll().orderBy('provider').orderBy('block').execute(),
    tallies: await index.selectFrom('tallies').selectAll().orderBy('scope').orderBy('block').execute(),
  }
}
