import { expect } from 'chai'
import { type HDNodeWallet, toQuantity } from 'ethers'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { jobIdOf, termsOf } from '../../../oracle/chain/hashes.ts'
import { parcelOfMessage } from '../../../oracle/sending/parcel.ts'
import { submit } from '../../../oracle/sending/submit.ts'
import type { Hex, JobRequest } from '../../../sdk/domain/job.ts'
import { type NodeProxy, startNodeProxy } from '../support/nodeProxy.ts'
import { CREDIT, startGateway, TestGrid } from '../support/testGrid.ts'
import { signedCancel, signedRequest, TestOracle } from '../support/testOracle.ts'

describe('sending', () => {
  let grid: TestGrid
  let oracle: TestOracle
  let proxy: NodeProxy
  let customer: HDNodeWallet
  let gateway: Awaited<ReturnType<typeof startGateway>>
  let stores = 0

  before(async function () {
    this.timeout(60_000)
    grid = await TestGrid.start()
    gateway = await startGateway()
    proxy = await startNodeProxy(grid.node.url)
  })

  after(async () => {
    proxy?.stop()
    gateway?.stop()
    await grid?.stop()
  })

  beforeEach(async () => {
    // A reorg may have given nonces back, and must not reach what the test rests on.
    grid.operator.reset()
    customer = await grid.customer(1000n * CREDIT)
    await grid.mine(10)
    stores += 1
    await grid.mineByHand()
    oracle = await TestOracle.start(grid, gateway.url, {
      RPC_URL: proxy.url,
      STORE_PATH: `${grid.folder}/store-${stores}.sqlite`,
      CONFIRMATIONS: '2',
    })
  })

  afterEach(async () => {
    await oracle.stop()
    await grid.mineOnArrival()
  })

  const idOf = (request: JobRequest): Hex => jobIdOf(grid.domain, termsOf(request))

  async function post(changes: Partial<JobRequest> = {}, by = customer): Promise<Hex> {
    const request = await grid.request(by, changes)
    const answer = await oracle.post('requests', await signedRequest(grid, by, request))
    expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
    return answer.body.key
  }

  const messageOf = async (key: string) => (await oracle.get(`/v1/messages/${key}`)).body

  async function expectOnChainOnce(id: string): Promise<void> {
    const { jobs } = grid.contracts
    expect(await jobs.queryFilter(jobs.filters.JobSubmitted(id))).to.have.length(1)
  }

  it('calls a message final only when it is as deep as it must be', async () => {
    const key = await post()
    await oracle.tick()
    expect((await messageOf(key)).state).to.equal('sent')
    await grid.mine(2)
    await oracle.tick()
    expect((await messageOf(key)).state).to.equal('sent')
    await grid.mine()
    await oracle.tick()
    expect((await messageOf(key)).state).to.equal('final')
  })

  it('sends again what a reorg undid: the same transaction, once', async () => {
    const key = await post()
    await oracle.turn()
    const { transaction } = await messageOf(key)
    await grid.chain.send('anvil_reorg', [1, []])
    expect(await grid.chain.getTransactionReceipt(transaction ?? '')).to.equal(null)
    await oracle.turn(3)
    expect(await messageOf(key)).to.include({ state: 'final', transaction })
    await expectOnChainOnce(key)
  })

  it('takes a settled transaction up again that a reorg deeper than the confirmations undid', async () => {
    const key = await post()
    await oracle.turn(4)
    expect((await messageOf(key)).state).to.equal('final')
    await grid.chain.send('anvil_reorg', [5, []])
    await oracle.turn(4)
    expect((await messageOf(key)).state).to.equal('final')
    await expectOnChainOnce(key)
  })

  it('broadcasts what it wrote and the node never got', async () => {
    const key = await post()
    proxy.cut.add('eth_sendRawTransaction')
    await oracle.tick()
    await grid.mine(2)
    expect((await grid.contracts.jobs.jobOf(key)).status).to.equal(0n)
    proxy.cut.clear()
    await oracle.turn(3)
    expect((await messageOf(key)).state).to.equal('final')
    await expectOnChainOnce(key)
  })

  it('decides nothing while the node gives no answer about a transaction', async () => {
    const key = await post()
    await oracle.turn()
    proxy.cut.add('eth_getTransactionReceipt')
    await grid.mine(5)
    expect(await oracle.tick().catch((cause: unknown) => cause)).to.be.instanceOf(Error)
    expect((await messageOf(key)).state).to.equal('sent')
    proxy.cut.clear()
    await oracle.tick()
    expect((await messageOf(key)).state).to.equal('final')
  })

  it('replaces a transaction that is stuck by a dearer one with the same nonce', async () => {
    const key = await post()
    await oracle.tick()
    const { transaction: former } = await messageOf(key)
    const dear = 10n ** 12n
    for (let block = 0; block < 3; block += 1) {
      await grid.chain.send('anvil_setNextBlockBaseFeePerGas', [toQuantity(dear)])
      await grid.mine()
    }
    expect((await grid.contracts.jobs.jobOf(key)).status).to.equal(0n)
    await oracle.turn(3)
    const { transaction, state } = await messageOf(key)
    expect(state).to.equal('final')
    expect(transaction).to.not.equal(former)
    expect(await grid.chain.getTransactionReceipt(former ?? '')).to.equal(null)
    await expectOnChainOnce(key)
  })

  it('sends again when a stranger with the same key took the nonce', async () => {
    const key = await post()
    proxy.cut.add('eth_sendRawTransaction')
    await oracle.tick()
    proxy.cut.clear()
    await grid.oracle.connect(grid.chain).sendTransaction({ to: grid.oracle.address, value: 1n })
    await grid.mine(4)
    await oracle.turn(4)
    expect((await messageOf(key)).state).to.equal('final')
    await expectOnChainOnce(key)
  })

  it('is not held up by a nonce that a reorg took back from a stranger', async () => {
    const first = await post()
    proxy.cut.add('eth_sendRawTransaction')
    await oracle.tick()
    proxy.cut.clear()
    await grid.oracle.connect(grid.chain).sendTransaction({ to: grid.oracle.address, value: 1n })
    await grid.mine(4)
    await oracle.turn()
    await grid.chain.send('anvil_reorg', [6, []])
    const second = await post()
    await oracle.turn(5)
    expect((await messageOf(second)).state).to.equal('final')
    await expectOnChainOnce(first)
    await expectOnChainOnce(second)
  })

  it('refuses what the chain would refuse now, without sending it', async () => {
    const request = await grid.request(customer)
    const body = await signedRequest(grid, customer, request)
    const key = (await oracle.post('requests', body)).body.key
    await grid.contracts.jobs.cancel([await signedCancel(grid, customer, idOf(request), termsOf(request))])
    await grid.mine()
    const nonce = await grid.chain.getTransactionCount(grid.oracle.address)
    await oracle.turn(2)
    const message = await messageOf(key)
    expect(message.state).to.equal('refused')
    expect(message.reason?.code).to.equal('JOB_ILLEGAL_TRANSITION')
    expect(await grid.chain.getTransactionCount(grid.oracle.address)).to.equal(nonce)
  })

  it('checks a refused message anew when it comes again', async () => {
    const poor = await grid.wallet()
    const request = await grid.request(poor, { payer: customer.address as Hex })
    const rich = await grid.request(customer)
    const key = (await oracle.post('requests', await signedRequest(grid, customer, rich))).body.key
    await grid.contracts.jobs.submit([await signedRequest(grid, customer, rich)], [])
    await grid.mine()
    await oracle.tick()
    expect((await messageOf(key)).state).to.equal('refused')
    const again = await oracle.post('requests', await signedRequest(grid, customer, rich))
    expect(again.body.error.code).to.equal('JOB_EXISTS')
    expect((await oracle.post('requests', await signedRequest(grid, poor, request))).status).to.equal(402)
  })

  it('refuses what a batch skipped, with the contract’s reason, and keeps the rest', async () => {
    await grid.mineOnArrival()
    const narrow = await grid.customer(CREDIT)
    await grid.mineByHand()
    const first = await post({}, narrow)
    const second = await post({}, narrow)
    await oracle.turn(4)
    expect((await messageOf(first)).state).to.equal('final')
    expect((await messageOf(second)).state).to.equal('refused')
    expect((await messageOf(second)).reason?.code).to.equal('BALANCE_TOO_LOW')
    expect((await messageOf(first)).transaction).to.equal((await messageOf(second)).transaction)
  })

  it('lets a message wait while a transaction is on its way for the same job', async () => {
    const request = await grid.request(customer, { provider: 9 })
    const { key } = (await oracle.post('requests', await signedRequest(grid, customer, request))).body
    const cancel = await oracle.post('cancels', await signedCancel(grid, customer, key, termsOf(request)))
    await oracle.tick()
    expect((await messageOf(key)).state).to.equal('sent')
    expect((await messageOf(cancel.body.key)).state).to.equal('stored')
    await oracle.turn(5)
    expect((await messageOf(cancel.body.key)).state).to.equal('final')
    expect((await grid.contracts.jobs.jobOf(key)).status).to.equal(8n)
    await expectOnChainOnce(key)
  })

  it('cuts a batch that one transaction has not the gas for', async function () {
    this.timeout(300_000)
    const parcels = []
    for (let job = 0; job < 400; job += 1) {
      const request = await grid.request(customer)
      const message = { kind: 'request' as const, ...(await signedRequest(grid, customer, request)) }
      // The money is there: here, that they have one payer is no reason to wait.
      parcels.push({ ...parcelOfMessage(grid.domain, idOf(request), message), shared: [] })
    }
    const { options } = oracle
    const head = options.follower.head
    if (head === undefined) throw new Error('the oracle follows the chain')
    const { sent } = await submit(options, parcels, head)
    expect(sent).to.have.length(400)
    await grid.mine(2)
    const { jobs } = grid.contracts
    const events = await Promise.all(parcels.map(({ key }) => jobs.queryFilter(jobs.filters.JobSubmitted(key))))
    expect(events.every((of) => of.length === 1)).to.equal(true)
    const transactions = [...new Set(events.flat().map(({ transactionHash }) => transactionHash))]
    expect(transactions.length).to.be.greaterThan(1)
    for (const hash of transactions) {
      expect((await grid.chain.getTransaction(hash))?.gasLimit).to.be.at.most(2n ** 24n)
    }
  })
})
