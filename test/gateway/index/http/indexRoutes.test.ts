import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { getAddress } from 'viem'
import type { GridFact } from '../../../../sdk/domain/events.ts'
import type { Hex } from '../../../../sdk/domain/job.ts'
import { CREDIT, hex, offerOf, requestOf } from '../../../scheduling/fixture.ts'
import { KINDS, type Places } from '../support/indexes.ts'
import { IndexServer } from '../support/indexServer.ts'

const [ANN, BOB] = [getAddress(hex(0xa1, 20)), getAddress(hex(0xb0, 20))]

function registered(provider: number, offer = offerOf()): readonly GridFact[] {
  const contact = { signer: getAddress(hex(0x500, 20)), encryptionKey: hex(5), endpoint: '' }
  const profile = { name: `cluster ${provider}`, url: '', region: '', software: '' }
  return [
    { kind: 'provider-registered', provider, owner: BOB, contact, profile },
    { kind: 'offer-set', provider, offer },
    { kind: 'stake-changed', provider, stake: 100n * CREDIT },
    { kind: 'provider-approved', provider },
  ]
}

function submitted(number: number, customer: Hex, changes: Parameters<typeof requestOf>[0] = {}): GridFact {
  return { kind: 'job-submitted', id: hex(number), request: requestOf({ customer, ...changes }) }
}

function assigned(number: number, provider: number): GridFact {
  return { kind: 'job-assigned', id: hex(number), provider, attempt: 1, rate: 2n * CREDIT, cutPermille: 50 }
}

function finished(number: number, customer: Hex, provider: number): GridFact {
  const amounts = {
    cost: 10n * CREDIT,
    cut: CREDIT,
    refund: 5n * CREDIT,
    secondsUsed: 300,
    exitCode: 0,
    result: hex(9),
  }
  return { kind: 'job-ended', id: hex(number), customer, provider, status: 'FINISHED', ...amounts }
}

describe('indexRoutes', () => {
  for (const { name, placesOf } of KINDS) {
    describe(`when the index is in ${name}`, () => {
      let places: Places
      let server: IndexServer
      before(async function () {
        this.timeout(120_000)
        places = await placesOf(this)
        server = await IndexServer.start(places)
      })
      after(async () => {
        await server?.stop()
        await places?.close()
      })

      const idsOf = async (url: string) => (await server.get(url)).body.items.map(({ id }) => Number(id))

      it('says that nothing was followed yet', async () => {
        expect(await server.get('/v1/jobs')).to.nested.include({ status: 503, 'body.error.code': 'INDEX_EMPTY' })
        const { body } = await server.get('/v1/index')
        expect(body).to.include({ chainId: 31337, followed: null, head: null, isSynced: false })
      })

      it('lists jobs by customer, provider, state and time, the newest first', async () => {
        await server.tell(
          ...registered(1),
          ...registered(2, offerOf({ prices: { cpuPerMinute: 2n * CREDIT, memPerMinute: 0n, gpuPerMinute: 0n } })),
        )
        await server.tell(submitted(1, ANN), submitted(2, BOB), submitted(3, ANN, { tasks: 3 }))
        await server.tell(assigned(1, 1), assigned(2, 2))
        await server.tell(finished(1, ANN, 1), submitted(4, BOB))
        expect(await idsOf('/v1/jobs')).to.deep.equal([4, 3, 2, 1])
        expect(await idsOf('/v1/jobs?order=oldest')).to.deep.equal([1, 2, 3, 4])
        expect(await idsOf(`/v1/jobs?customer=${ANN.toLowerCase()}`)).to.deep.equal([3, 1])
        expect(await idsOf('/v1/jobs?provider=2')).to.deep.equal([2])
        expect(await idsOf('/v1/jobs?state=PENDING,META_SCHEDULED')).to.deep.equal([4, 3, 2])
        expect(await idsOf(`/v1/jobs?state=PENDING&state=FINISHED&customer=${ANN}`)).to.deep.equal([3, 1])
        const { time } = await server.chain.head()
        expect(await idsOf(`/v1/jobs?submittedFrom=${time}`)).to.deep.equal([4])
        expect(await idsOf(`/v1/jobs?submittedUntil=${time}`)).to.deep.equal([3, 2, 1])
        expect(await idsOf(`/v1/jobs?submittedFrom=${time + 1}`)).to.deep.equal([])
      })

      it('pages through a list so that each job comes once', async () => {
        for (const order of ['newest', 'oldest']) {
          const seen: number[] = []
          let next: string | null = ''
          while (next !== null) {
            const cursor: string = next === '' ? '' : `&cursor=${next}`
            const { body } = await server.get(
              `/v1/jobs?state=PENDING,META_SCHEDULED,FINISHED&limit=1&order=${order}${cursor}`,
            )
            seen.push(...body.items.map(({ id }) => Number(id)))
            ;({ next } = body)
          }
          expect(seen).to.deep.equal(order === 'oldest' ? [1, 2, 3, 4] : [4, 3, 2, 1])
        }
      })

      it('tells a job with its request and how it ended', async () => {
        const { body } = await server.get(`/v1/jobs/${hex(1)}`)
        expect(body['job']).to.deep.include({
          id: hex(1),
          state: 'FINISHED',
          provider: 1,
          ratePerMinute: String(2n * CREDIT),
        })
        expect(body).to.nested.include({
          'job.request.customer': ANN,
          'job.request.work.salt': '0',
          'job.ending.cost': String(10n * CREDIT),
          'job.ending.secondsUsed': 300,
        })
      })

      it('tells transitions with their transactions', async () => {
        const { body } = await server.get(`/v1/jobs/${hex(1)}/transitions`)
        expect(body.items.map(({ from, to }) => [from, to])).to.deep.equal([
          ['NONE', 'PENDING'],
          ['PENDING', 'META_SCHEDULED'],
          ['META_SCHEDULED', 'FINISHED'],
        ])
        expect(body.items.map(({ transaction }) => transaction)).to.deep.equal(
          server.chain.all.flatMap((event) => ('id' in event && event.id === hex(1) ? [event.place.transaction] : [])),
        )
        const ended = await server.get(`/v1/transitions?to=FINISHED&provider=1&customer=${ANN}`)
        expect(ended.body.items).to.have.length(1)
        expect(ended.body.items[0]).to.nested.include({
          job: hex(1),
          'details.kind': 'job-ended',
          'details.exitCode': 0,
        })
        expect((await server.get('/v1/transitions?to=CANCELLED')).body.items).to.deep.equal([])
      })

      it('tells providers with offer, stake, reliability and room', async () => {
        const { body } = await server.get('/v1/providers')
        expect(body.items.map(({ index }) => index)).to.deep.equal([1, 2])
        expect(body.items[0]).to.nested.include({
          owner: BOB,
          status: 'APPROVED',
          stake: String(100n * CREDIT),
          'offer.maxOpenJobs': 1000,
          openJobs: 0,
          reliability: 1,
          'record.ended': 1,
          room: 100,
          hindrance: null,
        })
        const first = await server.get('/v1/providers?limit=1')
        expect((await server.get(`/v1/providers?limit=1&cursor=${first.body.next}`)).body.items[0]).to.include({
          index: 2,
        })
        await server.tell({ kind: 'provider-banned', provider: 2, reason: 'x' })
        expect((await server.get('/v1/providers/2')).body).to.nested.include({
          'provider.hindrance.reason': 'not-approved',
        })
        expect((await server.get('/v1/providers?status=BANNED')).body.items).to.have.length(1)
        await server.tell({ kind: 'provider-approved', provider: 2 })
      })

      it('adds up the grid, a customer and a provider, also day by day', async () => {
        const grid = await server.get('/v1/totals')
        expect(grid.body).to.nested.include({
          'totals.submitted': 4,
          'totals.ended': 1,
          'totals.states.PENDING': 2,
          'totals.cost': String(10n * CREDIT),
          'totals.cpuSeconds': '300',
        })
        const bob = await server.get(`/v1/totals?customer=${BOB}`)
        expect(bob.body).to.nested.include({ 'totals.submitted': 2, 'totals.cost': '0' })
        expect((await server.get('/v1/totals?provider=1')).body).to.nested.include({
          'totals.states.FINISHED': 1,
          'totals.assigned': 1,
        })
        const day = new Date((await server.chain.head()).time * 1000).toISOString().slice(0, 10)
        const { body } = await server.get(`/v1/totals/days?from=1970-01-10&to=${day}`)
        expect(body.items.at(-1)).to.include({ day, submitted: 4, cost: String(10n * CREDIT) })
        expect(body.items[0]).to.include({ day: '1970-01-10', submitted: 0 })
      })

      it('quotes a job at each provider, with the words of the plan', async () => {
        const wish = { tasks: 1, cpusPerTask: 2, memPerCpu: 1, timeLimit: 600, budget: String(60n * CREDIT) }
        const { status, body } = await server.post('/v1/quotes', wish)
        expect(status).to.equal(200)
        expect(body).to.nested.include({
          'choice.kind': 'placed',
          'choice.reason': 'cheapest',
          'gas.submission.paidBy': 'relay',
        })
        const [first, second] = body['quotes'] as readonly Readonly<Record<string, unknown>>[]
        expect(first).to.include({
          provider: 1,
          ratePerMinute: String(2n * CREDIT),
          total: String(20n * CREDIT),
          secondsBought: '1800',
          isAble: true,
          reason: 'nodes-reserved',
        })
        expect(second).to.include({
          provider: 2,
          ratePerMinute: String(4n * CREDIT),
          total: String(40n * CREDIT),
          reason: null,
        })
        const large = await server.post('/v1/quotes', { ...wish, tasks: 99, budget: undefined, submitBy: 'wallet' })
        expect(large.body).to.nested.include({
          'choice.reason': 'no-provider-able',
          'gas.submission.paidBy': 'customer',
        })
        const refused = large.body['quotes'] as readonly Readonly<Record<string, unknown>>[]
        expect(refused.map(({ isAble, reason }) => ({ isAble, reason }))).to.deep.equal([
          { isAble: false, reason: 'nodes-too-small' },
          { isAble: false, reason: 'nodes-too-small' },
        ])
      })

      it('tells when a busy provider could start a job', async () => {
        await server.tell(submitted(20, ANN, { cpusPerTask: 4 }), submitted(21, ANN, { cpusPerTask: 4 }))
        await server.tell(assigned(20, 1), assigned(21, 2))
        const { time } = await server.chain.head()
        const wish = { tasks: 1, cpusPerTask: 4, memPerCpu: 1, timeLimit: 600 }
        const { body } = await server.post('/v1/quotes', wish)
        const [first] = body['quotes'] as readonly Readonly<Record<string, unknown>>[]
        expect(first).to.include({
          provider: 1,
          isAble: true,
          reason: 'nodes-busy',
          sentence: 'The nodes of the provider are busy.',
        })
        expect(first?.['expectedStart']).to.be.greaterThan(time)
      })

      it('explains why a job waits', async () => {
        await server.tell(submitted(30, BOB, { cpusPerTask: 64 }))
        const { body } = await server.get(`/v1/jobs/${hex(30)}/explanation`)
        expect(body).to.nested.include({ state: 'PENDING', 'explanation.decision.reason': 'no-provider-able' })
        expect((await server.get(`/v1/jobs/${hex(1)}/explanation`)).body).to.include({
          state: 'FINISHED',
          explanation: null,
        })
      })

      it('names a request that was revoked, and a job that nobody knows', async () => {
        await server.tell({ ...finished(40, ANN, 0), status: 'CANCELLED' } as GridFact)
        expect(await server.get(`/v1/jobs/${hex(40)}`)).to.nested.include({
          status: 404,
          'body.error.code': 'JOB_REVOKED',
        })
        expect(await server.get(`/v1/jobs/${hex(41)}`)).to.nested.include({
          status: 404,
          'body.error.code': 'JOB_NOT_INDEXED',
        })
        expect(await server.get('/v1/providers/77')).to.nested.include({
          status: 404,
          'body.error.code': 'PROVIDER_UNKNOWN',
        })
      })

      const refused: readonly (readonly [url: string, code: string])[] = [
        ['/v1/jobs?limit=201', 'PAGE_TOO_LARGE'],
        ['/v1/jobs?limit=0', 'PAGE_TOO_LARGE'],
        ['/v1/jobs?limit=1e9', 'PAGE_TOO_LARGE'],
        ['/v1/jobs?cursor=../../etc', 'CURSOR_MALFORMED'],
        ['/v1/jobs?cursor=1', 'CURSOR_MALFORMED'],
        ['/v1/jobs?cursor=9999999999-9999999', 'CURSOR_MALFORMED'],
        [`/v1/jobs?cursor=${'1'.repeat(5000)}-1`, 'CURSOR_MALFORMED'],
        ['/v1/jobs?submittedFrom=5&submittedUntil=5', 'RANGE_EMPTY'],
        ['/v1/transitions?from=9&until=5', 'RANGE_EMPTY'],
        ['/v1/jobs?state=SLEEPING', 'QUERY_INVALID'],
        ['/v1/jobs?state=NONE', 'QUERY_INVALID'],
        ['/v1/jobs?customer=0x12', 'QUERY_INVALID'],
        ["/v1/jobs?customer=0x12'%20OR%201=1--", 'QUERY_INVALID'],
        ['/v1/jobs?provider=-1', 'QUERY_INVALID'],
        ['/v1/jobs?provider=1&provider=2', 'QUERY_INVALID'],
        ['/v1/jobs?colour=red', 'QUERY_INVALID'],
        ['/v1/jobs/0x12', 'JOB_ID_MALFORMED'],
        ['/v1/jobs/..%2f..%2fx', 'JOB_ID_MALFORMED'],
        ['/v1/totals/days?from=2026-02-30&to=2026-03-01', 'QUERY_INVALID'],
        ['/v1/totals/days?from=2026-03-02&to=2026-03-01', 'RANGE_EMPTY'],
        ['/v1/totals/days?from=1026-03-02&to=2026-03-01', 'RANGE_TOO_LONG'],
        [`/v1/totals?provider=1&customer=${ANN}`, 'SCOPE_AMBIGUOUS'],
      ]
      for (const [url, code] of refused) {
        it(`refuses ${url.slice(0, 60)}`, async () => {
          const { status, body } = await server.get(url)
          expect({ status, code: body.error.code }).to.deep.equal({ status: 400, code })
          expect(body.error.message).not.to.match(/red|SLEEPING|OR 1|etc/)
        })
      }

      const quote = { tasks: 1, cpusPerTask: 1, memPerCpu: 1, timeLimit: 60 }
      const bodies: readonly (readonly [what: string, body: unknown, status: number, code: string])[] = [
        ['a body that is no JSON', '{', 400, 'QUOTE_INVALID'],
        ['no tasks', { ...quote, tasks: 0 }, 400, 'QUOTE_INVALID'],
        ['a field that nobody knows', { ...quote, colour: 1 }, 400, 'QUOTE_INVALID'],
        ['an affinity that cannot be read', { ...quote, affinity: '=,' }, 400, 'QUOTE_INVALID'],
        ['a budget beyond all bounds', { ...quote, budget: '9'.repeat(40) }, 400, 'QUOTE_INVALID'],
        ['a body that is too large', { ...quote, affinity: 'a'.repeat(20_000) }, 413, 'BODY_TOO_LARGE'],
      ]
      for (const [what, body, status, code] of bodies) {
        it(`refuses to quote for ${what}`, async () => {
          expect(await server.post('/v1/quotes', body)).to.nested.include({ status, 'body.error.code': code })
        })
      }

      it('serves its OpenAPI description', async () => {
        const { body } = await server.get('/v1/openapi.json')
        expect(body['openapi']).to.equal('3.1.0')
        expect(Object.keys(body['paths'] as object)).to.include.members(['/v1/jobs', '/v1/quotes', '/v1/jobs/{id}'])
        expect(body).to.have.nested.property('components.schemas.Job')
      })

      it('forgets what a reorg takes back', async () => {
        server.chain.drop(1)
        server.chain.mine([])
        await server.tell(submitted(50, ANN))
        expect(await server.get(`/v1/jobs/${hex(40)}`)).to.nested.include({ 'body.error.code': 'JOB_NOT_INDEXED' })
        expect(await idsOf('/v1/jobs?limit=1')).to.deep.equal([50])
      })
    })
  }
})
