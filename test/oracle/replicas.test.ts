import { expect } from 'chai'
import type { HDNodeWallet } from 'ethers'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import type { Hex } from '../../sdk/domain/job.ts'
import { postgresFor, type TestPostgres } from '../support/postgres.ts'
import { type NodeProxy, startNodeProxy } from './support/nodeProxy.ts'
import { OracleProcess } from './support/oracleProcess.ts'
import { CREDIT, startGateway, TestGrid } from './support/testGrid.ts'
import { settingsOf, signedRequest } from './support/testOracle.ts'

describe('replicas of the oracle on one PostgreSQL', function () {
  this.timeout(300_000)
  let server: TestPostgres
  let grid: TestGrid
  let gateway: Awaited<ReturnType<typeof startGateway>>
  let proxy: NodeProxy
  let customer: HDNodeWallet
  let settings: Record<string, string>
  let running: OracleProcess[] = []

  before(async function () {
    server = await postgresFor(this)
    grid = await TestGrid.start()
    gateway = await startGateway()
    proxy = await startNodeProxy(grid.node.url)
    customer = await grid.customer(1000n * CREDIT)
  })

  after(async () => {
    proxy?.stop()
    gateway?.stop()
    await grid?.stop()
    await server?.stop()
  })

  beforeEach(async () => {
    const { STORE_PATH: _, ...others } = settingsOf(grid, gateway.url)
    settings = { ...others, DATABASE_URL: await server.database(), POLL_MS: '50', CONFIRMATIONS: '0' }
  })

  afterEach(async () => {
    for (const oracle of running) oracle.signal('SIGCONT')
    await Promise.all(running.map((oracle) => oracle.end('SIGKILL')))
    running = []
    proxy.cut.clear()
  })

  /** Two replicas, of which the first leads and reaches the chain through the proxy. */
  async function startTwo(): Promise<readonly [OracleProcess, OracleProcess]> {
    const leader = new OracleProcess({ ...settings, RPC_URL: proxy.url })
    running.push(leader)
    await leader.listening()
    await leader.says('leading')
    const follower = new OracleProcess(settings)
    running.push(follower)
    await follower.listening()
    return [leader, follower]
  }

  async function post(oracle: OracleProcess): Promise<Hex> {
    const answer = await oracle.post(
      'requests',
      await signedRequest(grid, customer, await grid.request(customer, { provider: 9 })),
    )
    expect(answer.status).to.equal(202)
    return answer.key
  }

  async function expectOnChainOnce(ids: readonly Hex[]): Promise<void> {
    const { jobs } = grid.contracts
    for (const id of ids) expect(await jobs.queryFilter(jobs.filters.JobSubmitted(id))).to.have.length(1)
  }

  it('take messages, whichever is asked, and one sends them', async () => {
    const [leader, follower] = await startTwo()
    const ids = [await post(leader), await post(follower)]
    for (const id of ids) await follower.reaches(id, 'final')
    await expectOnChainOnce(ids)
  })

  it('go on after the leader was killed between writing a transaction and broadcasting it', async () => {
    const [leader, follower] = await startTwo()
    const nonce = await grid.chain.getTransactionCount(grid.oracle.address)
    proxy.cut.add('eth_sendRawTransaction')
    const arrival = proxy.arrival()
    const first = await post(leader)
    await arrival
    await leader.end('SIGKILL')
    const second = await post(follower)
    await follower.says('leading')
    for (const id of [first, second]) await follower.reaches(id, 'final')
    await expectOnChainOnce([first, second])
    expect(await grid.chain.getTransactionCount(grid.oracle.address)).to.equal(nonce + 2)
  })

  it('let a leader send nothing that was stopped, replaced and continued', async () => {
    const [leader, follower] = await startTwo()
    const before = await post(leader)
    await leader.reaches(before, 'final')
    // It is stopped in the middle of a tick, with a signed transaction in hand that the chain has not got.
    proxy.cut.add('eth_sendRawTransaction')
    const arrival = proxy.arrival()
    const inHand = await post(leader)
    await arrival
    leader.signal('SIGSTOP')
    proxy.cut.clear()
    await follower.says('leading')
    const meanwhile = await post(follower)
    for (const id of [inHand, meanwhile]) await follower.reaches(id, 'final')
    const sent = proxy.calls.get('eth_sendRawTransaction')
    leader.signal('SIGCONT')
    await leader.says('following')
    const later = await post(leader)
    await leader.reaches(later, 'final')
    expect(proxy.calls.get('eth_sendRawTransaction')).to.equal(sent)
    await expectOnChainOnce([before, inHand, meanwhile, later])
  })

  it('hand the lead over when the leader is asked to stop', async () => {
    const [leader, follower] = await startTwo()
    expect(await leader.end('SIGTERM')).to.equal(0)
    await follower.says('leading')
    const id = await post(follower)
    await follower.reaches(id, 'final')
    await expectOnChainOnce([id])
  })
})
