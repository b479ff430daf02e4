import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { expect } from 'chai'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { createPublicClient, createTestClient, http, keccak256 } from 'viem'
import { freePort } from '../../scripts/grid/freePort.ts'
import { cancelJob } from '../../sdk/actions/cancelJob.ts'
import { putDefinition } from '../../sdk/actions/putDefinition.ts'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import { ServiceRefused } from '../../sdk/errors.ts'
import type { GridClient, Wallet } from '../../sdk/gridClient.ts'
import { submitted } from '../sdk/jobs.ts'
import { CREDIT, type LocalGrid, type LocalProvider, localGrid, newAccount } from '../sdk/localGrid.ts'
import { headersOf, type LocalGateway, localGateway, nowSeconds, signedHeaders } from './localGateway.ts'

const BYTES = new TextEncoder().encode('steps: []')
const HASH = keccak256(BYTES)
const OTHER_HASH = keccak256('0x01')
const PUT = { action: 'put-definition', subject: HASH, attempt: 0, content: HASH } as const

type Customer = GridClient & { readonly wallet: Wallet }

describe('definitionRoutes', () => {
  let grid: LocalGrid
  let gateway: LocalGateway
  let customer: Customer
  before(async () => {
    grid = await localGrid()
  })
  beforeEach(async () => {
    gateway = await localGateway(grid.client())
    customer = grid.client(newAccount(), { gatewayUrl: gateway.url })
  })
  afterEach(() => gateway.close())

  describe('PUT', () => {
    const put = async (headers: Record<string, string>, body = BYTES, hash: string = HASH) => {
      const { status, code } = await gateway.ask('PUT', `/v1/definitions/${hash}`, headers, body)
      return { status, code, stored: gateway.stored() }
    }

    it('stores the bytes under their hash, again where they are there', async () => {
      const headers = await signedHeaders(customer, PUT)
      expect(await put(headers)).to.deep.equal({ status: 201, code: undefined, stored: [HASH] })
      expect(await put(headers)).to.deep.equal({ status: 201, code: undefined, stored: [HASH] })
    })

    it('is what the SDK speaks', async () => {
      expect(await putDefinition(customer, BYTES)).to.equal(HASH)
      expect(gateway.stored()).to.deep.equal([HASH])
    })

    it('takes a definition of the largest size and refuses a byte more', async () => {
      const largest = new Uint8Array(256 * 1024)
      expect(await putDefinition(customer, largest)).to.equal(keccak256(largest))
      const refusal = await putDefinition(customer, new Uint8Array(256 * 1024 + 1)).catch((error: unknown) => error)
      expect(refusal).to.be.instanceOf(ServiceRefused).and.include({ status: 413, reason: 'DEFINITION_TOO_LARGE' })
      expect(gateway.stored()).to.deep.equal([keccak256(largest)])
    })

    it('refuses what nobody signed', async () => {
      expect(await put({})).to.deep.equal({ status: 401, code: 'ACCESS_UNSIGNED', stored: [] })
      for (const missing of ['x-grid-account', 'x-grid-expires', 'x-grid-signature']) {
        const { [missing]: _, ...headers } = await signedHeaders(customer, PUT)
        expect(await put(headers), missing).to.deep.equal({ status: 401, code: 'ACCESS_UNSIGNED', stored: [] })
      }
    })

    const garbled: readonly (readonly [string, Record<string, string>])[] = [
      ['an account that is no address', { 'x-grid-account': '0x12' }],
      ['a time that is no number', { 'x-grid-expires': '1e9' }],
      ['a signature that is no hex', { 'x-grid-signature': 'please' }],
    ]
    for (const [what, header] of garbled) {
      it(`refuses ${what}`, async () => {
        const headers = { ...(await signedHeaders(customer, PUT)), ...header }
        expect(await put(headers)).to.deep.equal({ status: 401, code: 'ACCESS_UNSIGNED', stored: [] })
      })
    }

    it('refuses an access that has expired, and one that holds for too long', async () => {
      const expired = await signedHeaders(customer, PUT, nowSeconds() - 1)
      expect(await put(expired)).to.deep.equal({ status: 401, code: 'ACCESS_EXPIRED', stored: [] })
      const endless = await signedHeaders(customer, PUT, nowSeconds() + 400)
      expect(await put(endless)).to.deep.equal({ status: 401, code: 'ACCESS_TOO_LONG', stored: [] })
    })

    it('refuses an access that was prolonged after it was signed', async () => {
      const headers = await signedHeaders(customer, PUT, nowSeconds() - 1)
      const prolonged = { ...headers, 'x-grid-expires': String(nowSeconds() + 60) }
      expect(await put(prolonged)).to.deep.equal({ status: 401, code: 'SIGNATURE_INVALID', stored: [] })
    })

    it('refuses the signature of another account, action, content or grid', async () => {
      const { deployment } = customer
      const wrong = [
        { ...(await signedHeaders(customer, PUT)), 'x-grid-account': newAccount().address },
        await signedHeaders(customer, { ...PUT, action: 'get-definition' }),
        await signedHeaders(customer, { ...PUT, content: OTHER_HASH }),
        await signedHeaders({ ...customer, deployment: { ...deployment, chainId: 1 } }, PUT),
        await signedHeaders({ ...customer, deployment: { ...deployment, jobs: deployment.credits } }, PUT),
      ]
      for (const headers of wrong) {
        expect(await put(headers)).to.deep.equal({ status: 401, code: 'SIGNATURE_INVALID', stored: [] })
      }
    })

    it('refuses bytes that have another hash', async () => {
      const headers = await signedHeaders(customer, PUT)
      const refused = { status: 400, code: 'HASH_MISMATCH', stored: [] }
      expect(await put(headers, new Uint8Array([1]))).to.deep.equal(refused)
      expect(await put(headers, new Uint8Array())).to.deep.equal(refused)
    })

    for (const hash of ['0x12', `${HASH}0`, `0x${'g'.repeat(64)}`, '..%2f..%2fescaped', `${HASH}%00`, '%ff']) {
      it(`refuses ${hash} as a hash`, async () => {
        expect((await put(await signedHeaders(customer, PUT), BYTES, hash)).status).to.equal(400)
        expect(gateway.stored()).to.deep.equal([])
      })
    }

    it('never leaves its directory, whatever path is sent', async () => {
      const { hostname, port } = new URL(gateway.url)
      const socket = connect(Number(port), hostname)
      const length = BYTES.length
      socket.end(
        `PUT /v1/definitions/../../../escaped HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\nsteps: []`,
      )
      expect(await textOf(socket)).to.match(/^HTTP\/1\.1 40[04] /)
      expect(gateway.stored()).to.deep.equal([])
    })

    describe('given a smart wallet', () => {
      const address = newAccount().address
      // isValidSignature that takes a signature whose first byte is 1.
      const wallet = '0x60643560f81c600114631626ba7e60e01b0260005260206000f3'
      const code = (bytecode: Hex) =>
        createTestClient({ mode: 'anvil', transport: http(grid.rpcUrl) }).setCode({ address, bytecode })

      it('takes what the wallet takes, and refuses what it does not', async () => {
        await code(wallet)
        const refused = { status: 401, code: 'SIGNATURE_INVALID', stored: [] }
        expect(await put(headersOf(address, nowSeconds() + 60, '0x02'))).to.deep.equal(refused)
        expect(await put(headersOf(address, nowSeconds() + 60, '0x01'))).to.include({ status: 201 })
      })

      it('refuses where the wallet reverts', async () => {
        await code('0x60006000fd')
        const refused = { status: 401, code: 'SIGNATURE_INVALID', stored: [] }
        expect(await put(headersOf(address, nowSeconds() + 60, '0x01'))).to.deep.equal(refused)
      })
    })

    it('decides nothing about a smart wallet while the chain does not answer', async () => {
      const transport = http(`http://127.0.0.1:${await freePort()}`, { retryCount: 0 })
      const cutOff = await localGateway({ ...grid.client(), publicClient: createPublicClient({ transport }) })
      after(() => cutOff.close())
      const headers = headersOf(newAccount().address, nowSeconds() + 60, '0x01')
      const answer = await cutOff.ask('PUT', `/v1/definitions/${HASH}`, headers, BYTES)
      expect(answer).to.include({ status: 503, code: 'CHAIN_UNANSWERED' })
      expect(cutOff.stored()).to.deep.equal([])
    })
  })

  describe('HEAD', () => {
    it('tells anyone whether a definition is stored', async () => {
      expect(await gateway.ask('HEAD', `/v1/definitions/${HASH}`)).to.include({ status: 404 })
      await putDefinition(customer, BYTES)
      expect(await gateway.ask('HEAD', `/v1/definitions/${HASH}`)).to.include({ status: 200, text: '' })
      expect(await gateway.ask('HEAD', `/v1/definitions/${HASH.toUpperCase().replace('0X', '0x')}`)).to.include({
        status: 200,
      })
      expect(await gateway.ask('HEAD', '/v1/definitions/..%2fx')).to.include({ status: 400 })
    })
  })

  describe('GET', () => {
    let provider: LocalProvider
    let id: Hex
    let request: JobRequest
    before(async () => {
      provider = await grid.provider()
    })
    beforeEach(async () => {
      customer = await grid.funded(100n * CREDIT, { gatewayUrl: gateway.url })
      ;({ id, request } = await submitted(customer, { definition: HASH }))
      await putDefinition(customer, BYTES)
    })

    const get = async (asker: Customer, { hash = HASH, job = id } = {}) => {
      const headers = await signedHeaders(asker, { action: 'get-definition', subject: job, attempt: 0, content: hash })
      const { status, code, text } = await gateway.ask('GET', `/v1/definitions/${hash}?job=${job}`, headers)
      return code === undefined ? { status, text } : { status, code }
    }
    const found = { status: 200, text: 'steps: []' }

    it('gives the definition to the customer, whatever became of the job', async () => {
      expect(await get(customer)).to.deep.equal(found)
      await cancelJob(customer, id)
      expect(await get(customer)).to.deep.equal(found)
    })

    it('gives it to the provider’s signer while the job is assigned to it, neither before nor after', async () => {
      const signer = grid.client(provider.signer)
      const refused = { status: 403, code: 'NOT_JOB_PARTY' }
      expect(await get(signer)).to.deep.equal(refused)
      await grid.assign(request, provider)
      expect(await get(signer)).to.deep.equal(found)
      await grid.report(request, provider, { status: 'PENDING' })
      expect(await get(signer)).to.deep.equal(refused)
    })

    it('gives it to the provider no longer once the job has ended there', async () => {
      await grid.assign(request, provider)
      await grid.report(request, provider, { status: 'FAILED' })
      expect(await get(grid.client(provider.signer))).to.deep.equal({ status: 403, code: 'NOT_JOB_PARTY' })
    })

    it('refuses the provider’s owner, another provider’s signer and strangers', async () => {
      const other = await grid.provider()
      await grid.assign(request, provider)
      for (const account of [provider.owner, other.signer, newAccount()]) {
        expect(await get(grid.client(account))).to.deep.equal({ status: 403, code: 'NOT_JOB_PARTY' })
      }
    })

    it('refuses a definition that the job does not name', async () => {
      const other = await putDefinition(customer, new Uint8Array([1, 2, 3]))
      expect(await get(customer, { hash: other })).to.deep.equal({ status: 403, code: 'DEFINITION_OF_OTHER_JOB' })
    })

    it('refuses the access to one job for another', async () => {
      const headers = await signedHeaders(customer, {
        action: 'get-definition',
        subject: OTHER_HASH,
        attempt: 0,
        content: HASH,
      })
      const answer = await gateway.ask('GET', `/v1/definitions/${HASH}?job=${id}`, headers)
      expect(answer).to.include({ status: 401, code: 'SIGNATURE_INVALID' })
    })

    it('says what is missing: the job, its id, the definition, or the proof', async () => {
      expect(await get(customer, { job: OTHER_HASH })).to.deep.equal({ status: 404, code: 'JOB_UNKNOWN' })
      for (const query of ['', '?job=0x1', `?job=${id}&job=${id}`]) {
        const answer = await gateway.ask('GET', `/v1/definitions/${HASH}${query}`)
        expect(answer).to.include({ status: 400, code: 'JOB_ID_MALFORMED' })
      }
      expect(await gateway.ask('GET', `/v1/definitions/${HASH}?job=${id}`)).to.include({ code: 'ACCESS_UNSIGNED' })
      const absent = await submitted(customer, { definition: OTHER_HASH })
      expect(await get(customer, { hash: OTHER_HASH, job: absent.id })).to.deep.equal({
        status: 404,
        code: 'DEFINITION_NOT_FOUND',
      })
    })

    it('gives out nothing that is not what its hash says', async () => {
      writeFileSync(join(gateway.directory, 'definitions', HASH), 'steps: [changed]')
      expect(await get(customer)).to.deep.equal({ status: 500, code: 'DEFINITION_DAMAGED' })
      await putDefinition(customer, BYTES)
      expect(await get(customer)).to.deep.equal(found)
    })
  })

  it('decides nothing about a job while the chain does not answer', async () => {
    const transport = http(`http://127.0.0.1:${await freePort()}`, { retryCount: 0 })
    const cutOff = await localGateway({ ...customer, publicClient: createPublicClient({ transport }) })
    after(() => cutOff.close())
    const headers = await signedHeaders(customer, {
      action: 'get-definition',
      subject: OTHER_HASH,
      attempt: 0,
      content: HASH,
    })
    const answer = await cutOff.ask('GET', `/v1/definitions/${HASH}?job=${OTHER_HASH}`, headers)
    expect(answer).to.include({ status: 503, code: 'CHAIN_UNANSWERED' })
  })

  it('says that it failed where it cannot store', async () => {
    rmSync(join(gateway.directory, 'definitions'), { recursive: true })
    const answer = await gateway.ask('PUT', `/v1/definitions/${HASH}`, await signedHeaders(customer, PUT), BYTES)
    expect(answer).to.include({ status: 500, code: 'INTERNAL' })
    mkdirSync(join(gateway.directory, 'definitions'))
    expect(gateway.stored()).to.deep.equal([])
  })

  it('answers a request that nobody can read with a named error', async () => {
    expect(await gateway.ask('GET', '/v1/definitions/%ff')).to.include({ status: 400, code: 'REQUEST_INVALID' })
  })

  it('answers other paths with a named error', async () => {
    expect(await gateway.ask('GET', '/v1/nothing')).to.include({ status: 404, code: 'ROUTE_UNKNOWN' })
    expect(await gateway.ask('GET', '/healthz')).to.include({ status: 200 })
  })
})
