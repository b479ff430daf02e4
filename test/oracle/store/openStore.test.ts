import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { type GridIdentity, openStore, type Store, StoreUnusable } from '../../../oracle/store/openStore.ts'

const GRID: GridIdentity = { chainId: 31337, jobs: '0xAb00000000000000000000000000000000000001', genesis: '0x01' }

describe('openStore', () => {
  let folder: string
  let path: string
  let open: Store[] = []

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oracle-store-'))
    path = join(folder, 'store.sqlite')
  })

  afterEach(async () => {
    await Promise.all(open.map((store) => store.destroy()))
    open = []
    rmSync(folder, { recursive: true })
  })

  async function opened(grid = GRID): Promise<Store> {
    const store = await openStore({ kind: 'file', path }, grid)
    open.push(store)
    return store
  }

  it('keeps what was written', async () => {
    const first = await opened()
    await first.insertInto('decisions').values({ job: '0x01', block: 1, decision: '{}' }).execute()
    await first.destroy()
    const second = await opened({ ...GRID, jobs: GRID.jobs.toLowerCase() })
    expect(await second.selectFrom('decisions').selectAll().execute()).to.have.length(1)
  })

  it('undoes a transaction that fails', async () => {
    const store = await opened()
    const failure = store.transaction().execute(async (write) => {
      await write.insertInto('decisions').values({ job: '0x01', block: 1, decision: '{}' }).execute()
      throw new Error('no')
    })
    expect(await failure.catch((error: Error) => error.message)).to.equal('no')
    expect(await store.selectFrom('decisions').selectAll().execute()).to.have.length(0)
  })

  for (const [what, change] of [
    ['another chain', { chainId: 1 }],
    ['another contract', { jobs: '0xab00000000000000000000000000000000000002' }],
    ['a chain that was started anew', { genesis: '0x02' }],
  ] as const) {
    it(`refuses a store of ${what}`, async () => {
      await (await opened()).destroy()
      const error: unknown = await openStore({ kind: 'file', path }, { ...GRID, ...change }).catch(
        (cause: unknown) => cause,
      )
      expect(error).to.be.instanceOf(StoreUnusable).with.property('message').that.contains('belongs to the grid')
    })
  }

  it('refuses a file that is no store', async () => {
    writeFileSync(path, 'not a database, '.repeat(100))
    const error: unknown = await openStore({ kind: 'file', path }, GRID).catch((cause: unknown) => cause)
    expect(error).to.be.instanceOf(StoreUnusable).with.property('code', 'STORE_UNUSABLE')
  })
})
