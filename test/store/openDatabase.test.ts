import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Generated, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { isPostgres, withSequence } from '../../store/columns.ts'
import { migrateTo } from '../../store/migrateTo.ts'
import { type DatabasePlace, databasePlace, openDatabase } from '../../store/openDatabase.ts'
import { postgresFor, type TestPostgres } from '../support/postgres.ts'

interface Tables {
  notes: { sequence: Generated<number>; name: string; at: number }
}

const first: Migration = {
  async up(db: Kysely<never>) {
    await withSequence(db, db.schema.createTable('notes'), 'sequence')
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
  },
}

describe('openDatabase', function () {
  this.timeout(60_000)
  let folder: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'database-'))
  })

  after(() => rmSync(folder, { recursive: true }))

  it('is a file unless a server is named', () => {
    expect(databasePlace('a.sqlite', undefined)).to.deep.equal({ kind: 'file', path: 'a.sqlite' })
    expect(databasePlace('a.sqlite', 'postgresql://x/y')).to.deep.equal({ kind: 'server', url: 'postgresql://x/y' })
  })

  describe('with a file', () => {
    let files = 0
    behaves(async () => {
      files += 1
      return { kind: 'file', path: join(folder, `${files}.sqlite`) }
    })
  })

  describe('with a server', () => {
    let server: TestPostgres

    before(async function () {
      server = await postgresFor(this)
    })

    after(() => server?.stop())

    behaves(async () => ({ kind: 'server', url: await server.database() }))

    it('lets two migrate at once, and one does it', async () => {
      const place: DatabasePlace = { kind: 'server', url: await server.database() }
      const both = [openDatabase<Tables>(place), openDatabase<Tables>(place)]
      await Promise.all(both.map((db) => migrateTo(db, { '0001-first': first })))
      expect(await both[0]?.selectFrom('notes').selectAll().execute()).to.deep.equal([])
      await Promise.all(both.map((db) => db.destroy()))
    })

    it('refuses what is asked when the server is killed, and does no more harm', async () => {
      const lost: Error[] = []
      const place = databasePlace('', await server.database(), (cause) => lost.push(cause))
      const db = openDatabase<Tables>(place)
      await migrateTo(db, { '0001-first': first })
      const asked = db.connection().execute(async (connection) => {
        await sql`select 1`.execute(connection)
        const answer = sql`select pg_sleep(60)`.execute(connection).catch((cause: unknown) => cause)
        await server.kill()
        return answer
      })
      expect(await asked).to.be.instanceOf(Error)
      expect(lost).not.to.have.length(0)
      await server.start()
      await db.destroy()
    })

    it('goes on after the server was killed and started again', async () => {
      const lost: Error[] = []
      const place = databasePlace('', await server.database(), (cause) => lost.push(cause))
      const db = openDatabase<Tables>(place)
      await migrateTo(db, { '0001-first': first })
      await db.insertInto('notes').values({ name: 'kept', at: 1 }).execute()
      await server.kill()
      const failure: unknown = await db
        .selectFrom('notes')
        .selectAll()
        .execute()
        .catch((cause: unknown) => cause)
      expect(failure).to.be.instanceOf(Error)
      expect(lost).not.to.have.length(0)
      await server.start()
      expect(await db.selectFrom('notes').select('name').execute()).to.deep.equal([{ name: 'kept' }])
      await db.destroy()
    })
  })
})

/** What both kinds of databases do alike. */
function behaves(newPlace: () => Promise<DatabasePlace>): void {
  let place: DatabasePlace
  let db: Kysely<Tables>

  beforeEach(async () => {
    place = await newPlace()
    db = openDatabase<Tables>(place)
    await migrateTo(db, { '0001-first': first })
  })

  afterEach(() => db.destroy())

  it('counts rows up, and gives whole numbers as numbers', async () => {
    const at = Date.UTC(2026, 1, 1)
    const rows = await db
      .insertInto('notes')
      .values([
        { name: 'one', at },
        { name: 'two', at },
      ])
      .returningAll()
      .execute()
    expect(rows).to.deep.equal([
      { sequence: 1, name: 'one', at },
      { sequence: 2, name: 'two', at },
    ])
    const { last } = await db
      .selectFrom('notes')
      .select((select) => select.fn.max('sequence').as('last'))
      .executeTakeFirstOrThrow()
    expect(last).to.equal(2)
  })

  it('says how many rows an update changed', async () => {
    await db.insertInto('notes').values({ name: 'one', at: 1 }).execute()
    const { numUpdatedRows } = await db.updateTable('notes').set({ at: 2 }).where('at', '=', 1).executeTakeFirst()
    expect(numUpdatedRows).to.equal(1n)
  })

  it('undoes a transaction that fails', async () => {
    const failure = db.transaction().execute(async (write) => {
      await write.insertInto('notes').values({ name: 'one', at: 1 }).execute()
      throw new Error('no')
    })
    expect(await failure.catch((error: Error) => error.message)).to.equal('no')
    expect(await db.selectFrom('notes').selectAll().execute()).to.deep.equal([])
  })

  it('keeps what was written, and applies no migration twice', async () => {
    await db.insertInto('notes').values({ name: 'one', at: 1 }).execute()
    await db.destroy()
    db = openDatabase<Tables>(place)
    await migrateTo(db, { '0001-first': first })
    expect(await db.selectFrom('notes').select('name').execute()).to.deep.equal([{ name: 'one' }])
    expect(isPostgres(db as unknown as Kysely<never>)).to.equal(place.kind === 'server')
  })
}
