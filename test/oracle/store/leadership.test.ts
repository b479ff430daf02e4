import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { LeaderReplaced, Leadership } from '../../../oracle/store/leadership.ts'
import { openStore, type Store } from '../../../oracle/store/openStore.ts'
import type { DatabasePlace } from '../../../store/openDatabase.ts'
import { postgresFor, type TestPostgres } from '../../support/postgres.ts'

const GRID = { chainId: 31337, jobs: '0xab00000000000000000000000000000000000001', genesis: '0x01' }

describe('Leadership', function () {
  this.timeout(60_000)

  describe('of a store that replicas share', () => {
    let server: TestPostgres
    let stores: Store[]
    let [one, two]: Leadership[] = []

    before(async function () {
      server = await postgresFor(this)
    })

    after(() => server?.stop())

    beforeEach(async () => {
      const place: DatabasePlace = { kind: 'server', url: await server.database() }
      stores = [await openStore(place, GRID), await openStore(place, GRID)]
      ;[one, two] = stores.map((store, index) => new Leadership({ store, holder: `replica ${index}`, isShared: true }))
    })

    afterEach(() => Promise.all(stores.map((store) => store.destroy())))

    const replicas = (): readonly [Leadership, Leadership] => {
      if (one === undefined || two === undefined) throw new Error('there are two replicas')
      return [one, two]
    }

    const note = (leadership: Leadership, job: string) =>
      leadership.write((write) => write.insertInto('decisions').values({ job, block: 1, decision: '{}' }).execute())

    const noted = async () => (await stores[0]?.selectFrom('decisions').select('job').execute())?.map(({ job }) => job)

    it('has one leader, whoever asks', async () => {
      const [first, second] = replicas()
      const led = await Promise.all([first.campaign(0), second.campaign(0)])
      expect(led.filter(Boolean)).to.have.length(1)
    })

    it('stays with a leader that beats', async () => {
      const [first, second] = replicas()
      await first.campaign(0)
      for (let now = 1000; now < 10_000; now += 1000) {
        expect(await first.campaign(now)).to.equal(true)
        expect(await second.campaign(now)).to.equal(false)
      }
    })

    it('goes to another replica when the leader is silent, under the next epoch', async () => {
      const [first, second] = replicas()
      await first.campaign(0)
      expect(await second.campaign(0)).to.equal(false)
      expect(await second.campaign(2999)).to.equal(false)
      expect(first.leadsAt(2499)).to.equal(true)
      expect(first.leadsAt(2500)).to.equal(false)
      expect(await second.campaign(3000)).to.equal(true)
      expect([first.epoch, second.epoch]).to.deep.equal([1, 2])
    })

    it('lets a leader write nothing that was replaced while it was stopped', async () => {
      const [first, second] = replicas()
      await first.campaign(0)
      await note(first, '0x01')
      await second.campaign(0)
      await second.campaign(3000)
      const error: unknown = await note(first, '0x02').catch((cause: unknown) => cause)
      expect(error).to.be.instanceOf(LeaderReplaced).with.property('code', 'LEADER_REPLACED')
      expect(first.epoch).to.equal(undefined)
      await note(second, '0x03')
      expect(await noted()).to.have.members(['0x01', '0x03'])
      expect(await first.campaign(3000)).to.equal(false)
    })

    it('waits with a change of the lead until what the leader writes is written', async () => {
      const [first, second] = replicas()
      await first.campaign(0)
      await second.campaign(0)
      let change: Promise<boolean> = Promise.resolve(false)
      await first.write(async (write) => {
        change = second.campaign(3000)
        await write.insertInto('decisions').values({ job: '0x01', block: 1, decision: '{}' }).execute()
      })
      // What was written was a sign of life, too.
      expect(await change).to.equal(false)
      expect(await noted()).to.deep.equal(['0x01'])
    })

    it('is given up by a leader that stops', async () => {
      const [first, second] = replicas()
      await first.campaign(0)
      expect(await second.campaign(0)).to.equal(false)
      await first.release()
      expect(await second.campaign(1)).to.equal(true)
      expect(await note(first, '0x01').catch((cause: unknown) => cause)).to.be.instanceOf(LeaderReplaced)
    })
  })

  describe('of a store of one process', () => {
    it('is taken at once under the next epoch, and lasts', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'leadership-'))
      const place: DatabasePlace = { kind: 'file', path: join(folder, 'store.sqlite') }
      for (const epoch of [1, 2]) {
        const store = await openStore(place, GRID)
        const leadership = new Leadership({ store, holder: `start ${epoch}`, isShared: false })
        expect(await leadership.campaign(0)).to.equal(true)
        expect(leadership.epoch).to.equal(epoch)
        expect(leadership.leadsAt(1e9)).to.equal(true)
        await store.destroy()
      }
      rmSync(folder, { recursive: true })
    })
  })
})
