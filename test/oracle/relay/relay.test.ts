import { expect } from 'chai'
import { ContractFactory, type HDNodeWallet, Wallet, ZeroAddress } from 'ethers'
import { after, before, describe, it } from 'mocha'
import { jobIdOf, termsOf } from '../../../oracle/chain/hashes.ts'
import type { Hex, JobRequest } from '../../../sdk/domain/job.ts'
import { startNodeProxy } from '../support/nodeProxy.ts'
import { CREDIT, startGateway, TestGrid, type TestProvider } from '../support/testGrid.ts'
import {
  type Answer,
  reportOf,
  signedCancel,
  signedHeartbeat,
  signedReports,
  signedRequest,
  signedTopUp,
  TestOracle,
} from '../support/testOracle.ts'

describe('relay', () => {
  let grid: TestGrid
  let oracle: TestOracle
  let provider: TestProvider
  let customer: HDNodeWallet
  let gateway: Awaited<ReturnType<typeof startGateway>>

  before(async function () {
    this.timeout(60_000)
    grid = await TestGrid.start()
    gateway = await startGateway()
    oracle = await TestOracle.start(grid, gateway.url)
    provider = await grid.joinProvider()
    customer = await grid.customer(1000n * CREDIT)
  })

  after(async () => {
    await oracle?.stop()
    gateway?.stop()
    await grid?.stop()
  })

  const idOf = (request: JobRequest): Hex => jobIdOf(grid.domain, termsOf(request))

  async function submit(changes: Partial<JobRequest> = {}): Promise<{ id: Hex; request: JobRequest }> {
    const request = await grid.request(customer, changes)
    const answer = await oracle.post('requests', await signedRequest(grid, customer, request))
    expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
    await oracle.turn(3)
    return { id: idOf(request), request }
  }

  async function expectRefusal(answer: Answer, status: number, code: string): Promise<Answer['body']['error']> {
    expect(answer.body.error?.code, JSON.stringify(answer.body)).to.equal(code)
    expect(answer.status).to.equal(status)
    expect(answer.body.error.message).to.match(/\w/)
    return answer.body.error
  }

  async function expectNothingStored(key: string): Promise<void> {
    expect((await oracle.get(`/v1/messages/${key}`)).status).to.equal(404)
  }

  describe('given a signed request', () => {
    it('acknowledges it under the job’s id and brings it to the chain', async () => {
      const request = await grid.request(customer)
      const answer = await oracle.post('requests', await signedRequest(grid, customer, request))
      expect(answer).to.deep.equal({ status: 202, body: { key: idOf(request), state: 'stored' } })
      await oracle.turn(2)
      const message = await oracle.get(`/v1/messages/${idOf(request)}`)
      expect(message.body).to.include({ key: idOf(request), kind: 'request', state: 'final' })
      expect(message.body.transaction).to.match(/^0x[0-9a-f]{64}$/)
      expect(Number((await grid.contracts.jobs.jobOf(idOf(request))).status)).to.be.greaterThan(0)
    })

    it('answers the same message again with the same key, and sends it once', async () => {
      const request = await grid.request(customer)
      const body = await signedRequest(grid, customer, request)
      await oracle.post('requests', body)
      expect(await oracle.post('requests', body)).to.deep.equal({
        status: 202,
        body: { key: idOf(request), state: 'stored' },
      })
      await oracle.turn(3)
      expect((await oracle.post('requests', body)).body).to.deep.equal({ key: idOf(request), state: 'final' })
      const { jobs } = grid.contracts
      expect(await jobs.queryFilter(jobs.filters.JobSubmitted(idOf(request)))).to.have.length(1)
    })

    it('refuses one that is not signed', async () => {
      const request = await grid.request(customer)
      const error = await expectRefusal(await oracle.post('requests', { request, proof: [] }), 401, 'SIGNATURE_MISSING')
      expect(error.message).to.contain(grid.deployment.jobs)
      await expectNothingStored(idOf(request))
    })

    it('refuses an empty signature in the oracle’s own name, which the contract would take from the sender', async () => {
      const request = await grid.request(grid.oracle)
      const answer = await oracle.post('requests', { request, proof: [], signature: '0x' })
      await expectRefusal(answer, 401, 'SIGNATURE_MISSING')
    })

    it('refuses one that somebody else signed', async () => {
      const request = await grid.request(customer)
      const body = await signedRequest(grid, Wallet.createRandom(), request)
      await expectRefusal(await oracle.post('requests', body), 401, 'SIGNATURE_INVALID')
      await expectNothingStored(idOf(request))
    })

    it('refuses one that is signed for another chain, and names the domain to sign for', async () => {
      const request = await grid.request(customer)
      const answer = await oracle.post('requests', await signedRequest(grid, customer, request, 1))
      const error = await expectRefusal(answer, 401, 'SIGNATURE_INVALID')
      expect(error.message).to.contain(`chainId ${grid.deployment.chainId}`)
      await expectNothingStored(idOf(request))
    })

    it('refuses one whose startBy has passed', async () => {
      const request = await grid.request(customer, { startBy: (await grid.now()) - 10 })
      await oracle.tick()
      const answer = await oracle.post('requests', await signedRequest(grid, customer, request))
      await expectRefusal(answer, 409, 'REQUEST_EXPIRED')
      await expectNothingStored(idOf(request))
    })

    it('refuses one whose job is on the chain already, and tells its state', async () => {
      const request = await grid.request(customer)
      const body = await signedRequest(grid, customer, request)
      await (await grid.contracts.jobs.submit([body], [])).wait()
      const error = await expectRefusal(await oracle.post('requests', body), 409, 'JOB_EXISTS')
      expect(error['status']).to.equal('PENDING')
    })

    it('refuses one that nobody has the credits for', async () => {
      const poor = await grid.wallet()
      const request = await grid.request(poor)
      const error = await expectRefusal(
        await oracle.post('requests', await signedRequest(grid, poor, request)),
        402,
        'UNDERFUNDED',
      )
      expect(error['needed']).to.equal(`${CREDIT}`)
      await expectNothingStored(idOf(request))
    })

    it('refuses one whose payer allows the customer nothing', async () => {
      const poor = await grid.wallet()
      const request = await grid.request(poor, { payer: customer.address as Hex })
      await expectRefusal(await oracle.post('requests', await signedRequest(grid, poor, request)), 402, 'UNDERFUNDED')
    })

    it('takes a request that a permit pays for, and others that the same permit pays for', async () => {
      const fresh = await grid.wallet(3n * CREDIT)
      const permit = await grid.permit(fresh, 3n * CREDIT)
      const requests = [await grid.request(fresh), await grid.request(fresh), await grid.request(fresh)]
      const [first, ...others] = await Promise.all(requests.map((request) => signedRequest(grid, fresh, request)))
      expect((await oracle.post('requests', { ...first, permit })).status).to.equal(202)
      expect((await oracle.post('requests', others[0])).status).to.equal(202)
      expect((await oracle.post('requests', { ...others[1], permit })).status).to.equal(202)
      await oracle.turn(2)
      for (const request of requests) {
        expect((await oracle.get(`/v1/messages/${idOf(request)}`)).body.state).to.equal('final')
      }
      expect(await grid.contracts.credits.balanceOf(fresh.address)).to.equal(0n)
    })

    it('refuses a permit that is not by the payer', async () => {
      const fresh = await grid.wallet(CREDIT)
      const body = await signedRequest(grid, customer, await grid.request(customer))
      const answer = await oracle.post('requests', { ...body, permit: await grid.permit(fresh, CREDIT) })
      await expectRefusal(answer, 400, 'PERMIT_NOT_BY_PAYER')
    })

    for (const [field, value] of [
      ['tasks', 0],
      ['tasks', -1],
      ['cpusPerTask', 1_000_000],
      ['memPerCpu', 20_000_000],
      ['timeLimit', 40_000_000],
      ['maxAttempts', 32],
      ['budget', 0n],
      ['budget', -5n],
    ] as const) {
      it(`refuses ${field} ${value}`, async () => {
        const request = await grid.request(customer)
        const { signature } = await signedRequest(grid, customer, request)
        const answer = await oracle.post('requests', { request: { ...request, [field]: value }, proof: [], signature })
        expect((await expectRefusal(answer, 400, 'REQUEST_OUT_OF_RANGE'))['field']).to.equal(field)
      })
    }

    it('refuses a name that is too long', async () => {
      const request = await grid.request(customer)
      const long = { ...request, work: { ...request.work, name: 'ü'.repeat(65) } }
      const answer = await oracle.post('requests', await signedRequest(grid, customer, long))
      await expectRefusal(answer, 400, 'REQUEST_OUT_OF_RANGE')
    })

    it('refuses a startBy that is too far away, in the contract’s words', async () => {
      const request = await grid.request(customer, { startBy: (await grid.now()) + 86_400 * 365 })
      const answer = await oracle.post('requests', await signedRequest(grid, customer, request))
      expect((await expectRefusal(answer, 400, 'REQUEST_OUT_OF_RANGE'))['field']).to.equal('startBy')
    })

    it('waits with requests while they are paused', async () => {
      await (await grid.contracts.jobs.pauseRequests(true)).wait()
      const answer = await oracle.post('requests', await signedRequest(grid, customer, await grid.request(customer)))
      await expectRefusal(answer, 503, 'REQUESTS_ARE_PAUSED')
      await (await grid.contracts.jobs.pauseRequests(false)).wait()
    })

    it('takes the signature of an ERC-1271 wallet, and refuses what the wallet refuses', async () => {
      const wallet = await deployWallet(grid)
      const request = await grid.request(customer, { customer: wallet, payer: customer.address as Hex })
      const body = { request, proof: [], signature: '0x01' }
      // The wallet says yes to 0x01 alone; what is refused next is that the payer allows it nothing.
      await expectRefusal(await oracle.post('requests', body), 402, 'UNDERFUNDED')
      await expectRefusal(await oracle.post('requests', { ...body, signature: '0x02' }), 401, 'SIGNATURE_INVALID')
    })
  })

  describe('given a cancel', () => {
    it('brings it to the chain', async () => {
      const { id, request } = await submit({ provider: 9 })
      const answer = await oracle.post('cancels', await signedCancel(grid, customer, id, termsOf(request)))
      expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
      await oracle.turn(2)
      expect((await oracle.get(`/v1/messages/${answer.body.key}`)).body.state).to.equal('final')
      expect((await grid.contracts.jobs.jobOf(id)).status).to.equal(8n)
    })

    it('refuses one by somebody else', async () => {
      const { id, request } = await submit({ provider: 9 })
      const body = await signedCancel(grid, Wallet.createRandom(), id, termsOf(request))
      await expectRefusal(await oracle.post('cancels', body), 401, 'SIGNATURE_INVALID')
    })

    it('refuses one of a job that has ended', async () => {
      const { id, request } = await submit({ provider: 9 })
      const terms = termsOf(request)
      await (await grid.contracts.jobs.cancel([await signedCancel(grid, customer, id, terms)])).wait()
      const answer = await oracle.post('cancels', await signedCancel(grid, customer, id, terms))
      expect(await expectRefusal(answer, 409, 'JOB_ILLEGAL_TRANSITION')).to.include({ from: 'CANCELLED' })
    })
  })

  describe('given a top-up', () => {
    it('brings it to the chain', async () => {
      const { id, request } = await submit({ provider: 9 })
      const answer = await oracle.post('top-ups', await signedTopUp(grid, customer, id, termsOf(request), 3n * CREDIT))
      expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
      await oracle.turn(2)
      expect((await grid.contracts.jobs.jobOf(id)).budget).to.equal(3n * CREDIT)
    })

    it('refuses one of a job that nobody submitted', async () => {
      const request = await grid.request(customer)
      const body = await signedTopUp(grid, customer, idOf(request), termsOf(request), 3n * CREDIT)
      await expectRefusal(await oracle.post('top-ups', body), 404, 'JOB_UNKNOWN')
    })

    it('refuses a total that is not higher', async () => {
      const { id, request } = await submit({ provider: 9 })
      const body = await signedTopUp(grid, customer, id, termsOf(request), CREDIT)
      await expectRefusal(await oracle.post('top-ups', body), 409, 'TOP_UP_NOT_HIGHER')
    })
  })

  describe('given reports', () => {
    it('brings a job to its end', async () => {
      const { id } = await submit()
      const startedAt = await grid.now()
      await grid.passSeconds(20)
      const ended = reportOf(id, 'FINISHED', { startedAt, secondsUsed: 10 })
      const answer = await oracle.post('reports', await signedReports(grid, provider, [ended]))
      expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
      await oracle.turn(2)
      expect((await oracle.get(`/v1/messages/${answer.body.key}`)).body.state).to.equal('final')
      expect((await grid.contracts.jobs.jobOf(id)).status).to.equal(5n)
    })

    it('refuses a provider that does not exist', async () => {
      const body = await signedReports(grid, { ...provider, index: 77 }, [reportOf(`0x${'11'.repeat(32)}`, 'RUNNING')])
      await expectRefusal(await oracle.post('reports', body), 404, 'PROVIDER_UNKNOWN')
    })

    it('refuses a key that is not the provider’s signer', async () => {
      const { id } = await submit()
      const body = await signedReports(grid, { ...provider, signer: customer }, [reportOf(id, 'SCHEDULED')])
      await expectRefusal(await oracle.post('reports', body), 401, 'SIGNATURE_INVALID')
    })

    it('refuses a job that does not exist', async () => {
      const body = await signedReports(grid, provider, [reportOf(`0x${'11'.repeat(32)}`, 'SCHEDULED')])
      await expectRefusal(await oracle.post('reports', body), 404, 'JOB_UNKNOWN')
    })

    it('refuses a job that is with another provider', async () => {
      const { id } = await submit()
      const other = await grid.joinProvider()
      const body = await signedReports(grid, other, [reportOf(id, 'SCHEDULED')])
      await expectRefusal(await oracle.post('reports', body), 409, 'NOT_JOB_PROVIDER')
    })

    it('refuses another attempt than the current one', async () => {
      const { id } = await submit()
      const body = await signedReports(grid, provider, [reportOf(id, 'SCHEDULED', { attempt: 2 })])
      await expectRefusal(await oracle.post('reports', body), 409, 'JOB_WRONG_ATTEMPT')
    })

    it('refuses a state that no path leads to', async () => {
      const { id } = await submit({ provider: 9 })
      const body = await signedReports(grid, provider, [reportOf(id, 'RUNNING', { startedAt: 1 })])
      expect(await expectRefusal(await oracle.post('reports', body), 409, 'JOB_ILLEGAL_TRANSITION')).to.include({
        from: 'PENDING',
        to: 'RUNNING',
      })
    })

    it('refuses an end that contradicts its exit code, in the contract’s words', async () => {
      const { id } = await submit()
      const ended = reportOf(id, 'FINISHED', { startedAt: await grid.now(), secondsUsed: 1, exitCode: 3 })
      const answer = await oracle.post('reports', await signedReports(grid, provider, [ended]))
      await expectRefusal(answer, 409, 'EXIT_CODE_MISMATCH')
    })

    it('takes an array as long as one of its reports says something', async () => {
      const [{ id: good }, { id: bad }] = [await submit(), await submit({ provider: 9 })]
      const reports = [reportOf(bad, 'PENDING'), reportOf(good, 'PENDING')]
      const answer = await oracle.post('reports', await signedReports(grid, provider, reports))
      expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
      await oracle.turn(2)
      const message = await oracle.get(`/v1/messages/${answer.body.key}`)
      expect(message.body.state).to.equal('final')
      expect(message.body.reason?.code).to.equal('NOT_JOB_PROVIDER')
    })
  })

  describe('given a heartbeat', () => {
    it('brings it to the chain once', async () => {
      const body = await signedHeartbeat(grid, provider, await grid.now())
      const answer = await oracle.post('heartbeats', body)
      expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
      await oracle.turn(2)
      expect(await grid.contracts.jobs.lastSeen(provider.index)).to.equal(BigInt(body.heartbeat.sentAt))
    })

    it('refuses one that is older than the last, and one from the future', async () => {
      const now = await grid.now()
      for (const sentAt of [now - 1000, now + 1000]) {
        const answer = await oracle.post('heartbeats', await signedHeartbeat(grid, provider, sentAt))
        await expectRefusal(answer, 409, 'HEARTBEAT_OUT_OF_RANGE')
      }
    })
  })

  describe('given nonsense', () => {
    it('refuses what is no JSON', async () => {
      await expectRefusal(await oracle.post('requests', '{"request":'), 400, 'BODY_INVALID')
    })

    it('refuses a field that it does not know, and one that is missing', async () => {
      const body = await signedRequest(grid, customer, await grid.request(customer))
      await expectRefusal(await oracle.post('requests', { ...body, extra: 1 }), 400, 'FIELD_INVALID')
      const error = await expectRefusal(await oracle.post('requests', { proof: [] }), 400, 'FIELD_INVALID')
      expect(error['field']).to.equal('request')
    })

    it('refuses a body above 256 KiB', async () => {
      await expectRefusal(await oracle.post('requests', ' '.repeat(300_000)), 413, 'BODY_TOO_LARGE')
    })

    it('knows no other messages, decisions and paths', async () => {
      await expectRefusal(await oracle.get(`/v1/messages/0x00`), 404, 'MESSAGE_UNKNOWN')
      await expectRefusal(await oracle.get(`/v1/jobs/0x00/decision`), 404, 'DECISION_UNKNOWN')
      await expectRefusal(await oracle.get('/v2'), 404, 'ROUTE_UNKNOWN')
    })
  })

  describe('given a chain node that does not answer', () => {
    it('stores nothing and asks to be asked again', async () => {
      const proxy = await startNodeProxy(grid.node.url)
      const changes = { STORE_PATH: `${grid.folder}/other.sqlite`, RPC_URL: proxy.url }
      const other = await TestOracle.start(grid, gateway.url, changes)
      const request = await grid.request(customer)
      const body = await signedRequest(grid, customer, request)
      proxy.cut.add('*')
      await expectRefusal(await other.post('requests', body), 503, 'CHAIN_UNANSWERED')
      expect((await other.get(`/v1/messages/${idOf(request)}`)).status).to.equal(404)
      proxy.cut.clear()
      expect((await other.post('requests', body)).status).to.equal(202)
      await other.stop()
      proxy.stop()
    })
  })

  it('tells why a job waits and where one was placed', async () => {
    const placed = await submit()
    expect((await oracle.get(`/v1/jobs/${placed.id}/decision`)).body).to.include({
      id: placed.id,
      kind: 'placed',
      provider: provider.index,
    })
    const waiting = await submit({ provider: 9 })
    expect((await oracle.get(`/v1/jobs/${waiting.id}/decision`)).body).to.include({
      kind: 'waiting',
      reason: 'no-provider-able',
    })
  })
})

/** A wallet that takes the signature 0x01 for anything, and no other. */
async function deployWallet(grid: TestGrid): Promise<Hex> {
  // calldata: selector, hash, 0x40, length, bytes. Returns 0x1626ba7e where the first byte of the bytes is 1, else zero.
  const runtime = '60643560f81c6001146013575f5f5260205ff35b631626ba7e60e01b5f5260205ff3'
  const length = (runtime.length / 2).toString(16).padStart(2, '0')
  const factory = new ContractFactory([], `0x60${length}600a5f3960${length}5ff3${runtime}`, grid.operator)
  const wallet = await factory.deploy()
  await wallet.waitForDeployment()
  expect(await grid.chain.getCode(await wallet.getAddress())).to.equal(`0x${runtime}`)
  expect(await wallet.getAddress()).to.not.equal(ZeroAddress)
  return (await wallet.getAddress()) as Hex
}
