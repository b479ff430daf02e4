import { expect } from 'chai'
import type { HDNodeWallet } from 'ethers'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { canonicalJson } from '../../oracle/canonicalJson.ts'
import { Pulse } from '../../oracle/pulse.ts'
import { rehearse } from '../../oracle/tick.ts'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import { CREDIT, startGateway, TestGrid, type TestProvider } from './support/testGrid.ts'
import { reportOf, signedReports, signedRequest, TestOracle } from './support/testOracle.ts'

describe('an oracle that is watched', function () {
  this.timeout(300_000)
  let grid: TestGrid
  let oracle: TestOracle
  let provider: TestProvider
  let customer: HDNodeWallet
  let gateway: Awaited<ReturnType<typeof startGateway>>
  let stores = 0

  before(async () => {
    grid = await TestGrid.start()
    gateway = await startGateway()
    provider = await grid.joinProvider()
    customer = await grid.customer(1000n * CREDIT)
  })

  after(async () => {
    gateway?.stop()
    await grid?.stop()
  })

  async function startOracle(changes: Record<string, string> = {}): Promise<void> {
    stores += 1
    oracle = await TestOracle.start(grid, gateway.url, { STORE_PATH: `${grid.folder}/${stores}.sqlite`, ...changes })
  }

  beforeEach(() => startOracle())

  afterEach(() => oracle.stop())

  async function post(changes: Partial<JobRequest> = {}): Promise<Hex> {
    const answer = await oracle.post(
      'requests',
      await signedRequest(grid, customer, await grid.request(customer, changes)),
    )
    expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
    return answer.body.key
  }

  it('counts what it took, sent and decided', async () => {
    await post()
    await post({ provider: 9 })
    await oracle.turn(4)
    const text = await oracle.text('/metrics')
    for (const line of [
      'oracle_relay_messages_total{kind="requests",outcome="stored"} 2',
      'oracle_batches_total{kind="request"} 1',
      'oracle_batches_total{kind="assign"} 1',
      'oracle_queue_jobs{reason="no-provider-able"} 1',
      'oracle_jobs{status="META_SCHEDULED"} 1',
      'oracle_gas_per_item_count{kind="request"} 1',
      'oracle_relay_depth 0',
    ]) {
      expect(text.split('\n')).to.include(line)
    }
    expect(text).to.match(/oracle_balance_coins 999\./)
  })

  it('says why a job waits and what each provider lacks', async () => {
    const key = await post({ provider: 9 })
    await oracle.turn(2)
    const { status, body } = await oracle.get(`/v1/jobs/${key}/explain`)
    expect(status).to.equal(200)
    expect(body['decision']).to.include({ kind: 'waiting', reason: 'no-provider-able' })
    expect(body['refusals']).to.have.length(1)
    expect((await oracle.get('/v1/jobs/0x00/explain')).body.error.code).to.equal('JOB_NOT_WAITING')
  })

  it('is ready while its store answers', async () => {
    expect((await oracle.get('/readyz')).status).to.equal(200)
  })

  it('shows what it would do without doing it', async () => {
    const key = await post()
    await oracle.tick()
    await grid.mine()
    const nonce = await grid.chain.getTransactionCount(grid.oracle.address)
    const shown = await rehearse(oracle.options)
    expect(canonicalJson(shown['decisions'])).to.contain(key).and.to.contain('placed')
    expect(await grid.chain.getTransactionCount(grid.oracle.address)).to.equal(nonce)
  })

  it('tells a customer to wait who sends too much, and stores nothing', async () => {
    await oracle.stop()
    await startOracle({ CUSTOMER_MESSAGES_PER_MINUTE: '1' })
    await post()
    const body = await signedRequest(grid, customer, await grid.request(customer))
    const { status, body: answer } = await oracle.post('requests', body)
    expect(status).to.equal(429)
    expect(answer.error).to.include({ code: 'TOO_MANY_MESSAGES' })
    expect(answer.error['retryAfterSeconds']).to.be.a('number')
  })

  it('takes nothing while too much waits', async () => {
    await oracle.stop()
    await startOracle({ MOST_WAITING_MESSAGES: '1' })
    await grid.mineByHand()
    const requests = await Promise.all([1, 2].map(() => grid.request(customer)))
    await oracle.tick()
    oracle.options.metrics.depth = 1
    const [request] = requests
    if (request === undefined) throw new Error('there are requests')
    const { status, body } = await oracle.post('requests', await signedRequest(grid, customer, request))
    expect(status).to.equal(429)
    expect(body.error).to.include({ code: 'RELAY_FULL', retryAfterSeconds: 5 })
    await grid.mineOnArrival()
  })

  it('gives a running job more time within what its request allows', async () => {
    const key = await post({ topUpLimit: 5n * CREDIT, provider: provider.index })
    await oracle.turn(3)
    const startedAt = await grid.now()
    const reports = await signedReports(grid, provider, [reportOf(key, 'RUNNING', { startedAt })])
    expect((await oracle.post('reports', reports)).status).to.equal(202)
    await oracle.turn(4)
    expect((await grid.contracts.jobs.jobOf(key)).budget).to.equal(6n * CREDIT)
  })
})

describe('Pulse', () => {
  const head = { number: 7, hash: '0x01', parentHash: '0x00', time: 1000 } as const

  it('is red when no turn went well for too long', () => {
    const pulse = new Pulse(30_000)
    expect(pulse.health(0).healthy).to.equal(false)
    pulse.beat(1_000_000, 1_000_500, head)
    expect(pulse.health(1_030_500).healthy).to.equal(true)
    expect(pulse.health(1_030_501).healthy).to.equal(false)
  })

  it('is red when turns go well upon a chain that stands', () => {
    const pulse = new Pulse(30_000, 60)
    pulse.beat(1_060_000, 1_060_000, head)
    expect(pulse.health(1_060_000).healthy).to.equal(true)
    pulse.beat(1_061_000, 1_061_000, head)
    expect(pulse.health(1_061_000)).to.include({ healthy: false, chainLagSeconds: 61 })
  })
})
