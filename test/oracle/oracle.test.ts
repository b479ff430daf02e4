import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { encryptKeystoreJson, type HDNodeWallet, Wallet } from 'ethers'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { jobIdOf, termsOf } from '../../oracle/chain/hashes.ts'
import { type NodeProxy, startNodeProxy } from './support/nodeProxy.ts'
import { OracleProcess } from './support/oracleProcess.ts'
import { CREDIT, startGateway, TestGrid } from './support/testGrid.ts'
import { settingsOf, signedRequest } from './support/testOracle.ts'

describe('oracle', function () {
  this.timeout(300_000)
  let grid: TestGrid
  let proxy: NodeProxy
  let customer: HDNodeWallet
  let gateway: Awaited<ReturnType<typeof startGateway>>
  let settings: Record<string, string>
  let running: OracleProcess[] = []
  let stores = 0

  before(async () => {
    grid = await TestGrid.start()
    gateway = await startGateway()
    proxy = await startNodeProxy(grid.node.url)
    customer = await grid.customer(1000n * CREDIT)
  })

  after(async () => {
    proxy?.stop()
    gateway?.stop()
    await grid?.stop()
  })

  beforeEach(() => {
    stores += 1
    settings = { ...settingsOf(grid, gateway.url, `process-${stores}.sqlite`), POLL_MS: '50', CONFIRMATIONS: '0' }
  })

  afterEach(async () => {
    await Promise.all(running.map((oracle) => oracle.end('SIGKILL')))
    running = []
    proxy.cut.clear()
    gateway.silence = false
  })

  function start(changes: Record<string, string> = {}): OracleProcess {
    const oracle = new OracleProcess({ ...settings, ...changes })
    running.push(oracle)
    return oracle
  }

  const signed = async () => signedRequest(grid, customer, await grid.request(customer, { provider: 9 }))

  async function expectOnChainOnce(id: string): Promise<void> {
    const { jobs } = grid.contracts
    expect(await jobs.queryFilter(jobs.filters.JobSubmitted(id))).to.have.length(1)
  }

  it('brings a request to the chain, says that it is well, and stops with 0 when it is asked to', async () => {
    const oracle = await start().listening()
    const { status, key } = await oracle.post('requests', await signed())
    expect(status).to.equal(202)
    await oracle.reaches(key, 'final')
    await expectOnChainOnce(key)
    const { status: health, body } = await oracle.health()
    expect(health).to.equal(200)
    expect(body).to.include({ healthy: true }).and.to.have.keys('healthy', 'lastTick', 'block', 'chainLagSeconds')
    expect(await oracle.end('SIGTERM')).to.equal(0)
  })

  describe('when it is killed', () => {
    it('after storing a message and before writing a transaction, it sends the message once after the restart', async () => {
      const first = await start({ POLL_MS: '3600000' }).listening()
      const { key, status } = await first.post('requests', await signed())
      expect(status).to.equal(202)
      expect(await first.stateOf(key)).to.equal('stored')
      await first.end('SIGKILL')
      const second = await start().listening()
      await second.reaches(key, 'final')
      await expectOnChainOnce(key)
    })

    it('after writing a transaction and before broadcasting it, it broadcasts that one after the restart', async () => {
      const nonce = await grid.chain.getTransactionCount(grid.oracle.address)
      const first = await start({ RPC_URL: proxy.url }).listening()
      proxy.cut.add('eth_sendRawTransaction')
      const arrival = proxy.arrival()
      const { key } = await first.post('requests', await signed())
      await arrival
      await first.end('SIGKILL')
      expect((await grid.contracts.jobs.jobOf(key)).status).to.equal(0n)
      const second = await start().listening()
      await second.reaches(key, 'final')
      await expectOnChainOnce(key)
      expect(await grid.chain.getTransactionCount(grid.oracle.address)).to.equal(nonce + 1)
    })

    it('after the chain took a transaction and before it knows, it finds the transaction mined', async () => {
      const nonce = await grid.chain.getTransactionCount(grid.oracle.address)
      const first = await start({ RPC_URL: proxy.url }).listening()
      proxy.cut.add('eth_getTransactionReceipt')
      const arrival = proxy.arrival()
      const { key } = await first.post('requests', await signed())
      await arrival
      await first.end('SIGKILL')
      const second = await start().listening()
      await second.reaches(key, 'final')
      await expectOnChainOnce(key)
      expect(await grid.chain.getTransactionCount(grid.oracle.address)).to.equal(nonce + 1)
    })
  })

  describe('refuses to start, and says which setting is wrong,', () => {
    async function expectRefusal(changes: Record<string, string>, code: string, words: RegExp): Promise<void> {
      const oracle = start(changes)
      const entry = await oracle.says('the oracle stopped')
      expect(entry).to.include({ code })
      expect(entry['cause']).to.match(words)
      expect(await oracle.exitCode()).to.equal(1)
    }

    function deployment(changes: Record<string, unknown>): Record<string, string> {
      const path = join(grid.folder, `wrong-${stores}.json`)
      writeFileSync(path, JSON.stringify({ ...grid.deployment, ...changes }))
      return { GRID_DEPLOYMENT: path }
    }

    it('when a setting is malformed', () => expectRefusal({ RPC_URL: 'nowhere' }, 'SETTING_INVALID', /^RPC_URL is not/))

    it('when the node is on another chain', () =>
      expectRefusal(deployment({ chainId: 5 }), 'SETTING_INVALID', /^RPC_URL leads to chain 31337.*for chain 5/))

    it('when a contract has no code', () =>
      expectRefusal(
        deployment({ jobs: Wallet.createRandom().address }),
        'SETTING_INVALID',
        /^GRID_DEPLOYMENT names 0x\w+ as jobs, where the chain has no code/,
      ))

    it('when the account has not the oracle role', () =>
      expectRefusal(
        { ORACLE_PRIVATE_KEY: Wallet.createRandom().privateKey },
        'SETTING_INVALID',
        /^ORACLE_PRIVATE_KEY is the key of 0x\w+, which needs the oracle role/,
      ))

    it('when the deployment file is not there', () =>
      expectRefusal({ GRID_DEPLOYMENT: '/nowhere.json' }, 'SETTING_INVALID', /^GRID_DEPLOYMENT names a file/))

    it('when the node does not answer', () =>
      expectRefusal({ RPC_URL: 'http://127.0.0.1:1' }, 'SETTING_INVALID', /^RPC_URL does not answer/))

    it('when another oracle has the store', async () => {
      await start().listening()
      await expectRefusal({}, 'STORE_UNUSABLE', /Is another oracle using it/)
    })
  })

  it('opens its key from a keystore', async () => {
    const keystore = join(grid.folder, 'key.json')
    const password = join(grid.folder, 'password')
    const { address, privateKey } = grid.oracle
    writeFileSync(
      keystore,
      await encryptKeystoreJson({ address, privateKey }, 'secret', { scrypt: { N: 2, r: 8, p: 1 } }),
    )
    writeFileSync(password, 'secret\n')
    const { ORACLE_PRIVATE_KEY: _, ...others } = settings
    const oracle = new OracleProcess({
      ...others,
      ORACLE_KEYSTORE: keystore,
      ORACLE_KEYSTORE_PASSWORD_FILE: password,
    })
    running.push(oracle)
    expect((await oracle.says('listening'))['account']).to.equal(grid.oracle.address)
  })

  it('derives the id of a job as the contract does', async () => {
    const request = await grid.request(customer)
    const terms = termsOf(request)
    expect(await grid.contracts.jobs.idOf(request)).to.equal(jobIdOf(grid.domain, terms))
    expect(await grid.contracts.jobs.idOfTerms(terms)).to.equal(jobIdOf(grid.domain, terms))
  })
})
