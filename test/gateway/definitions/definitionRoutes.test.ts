import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import { createPublicClient, http, keccak256 } from 'viem'
import { freePort } from '../../../scripts/grid/freePort.ts'
import { cancelJob } from '../../../sdk/actions/cancelJob.ts'
import { putDefinition } from '../../../sdk/actions/putDefinition.ts'
import type { Hex, JobRequest } from '../../../sdk/domain/job.ts'
import { newSealingKey, openPassedOn, openSealed, seal } from '../../../sdk/gateway/sealing.ts'
import { gatewaySession } from '../../../sdk/gatewayFetch.ts'
import type { GridClient, Wallet } from '../../../sdk/gridClient.ts'
import { submitted } from '../../sdk/jobs.ts'
import { CREDIT, type LocalGrid, type LocalProvider, localGrid, newAccount } from '../../sdk/localGrid.ts'
import { refusalBy } from '../../sdk/refusalBy.ts'
import { type LocalGateway, localGateway } from '../localGateway.ts'

const TEXT = 'steps: [] # nobody but the provider reads this'
const OTHER_HASH = keccak256('0x01')
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

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

  const recipient = async (of = gateway): Promise<string> =>
    JSON.parse((await of.ask('GET', '/v1/sealing')).text).recipient
  const sealed = async (text = TEXT, of = gateway): Promise<Uint8Array> => seal(bytesOf(text), await recipient(of))
  const put = async (body: Uint8Array, hash: string = keccak256(body), as: GridClient = customer) => {
    const { status, code } = await gateway.ask('PUT', `/v1/definitions/${hash}`, { as, body })
    return code ?? status
  }

  describe('PUT', () => {
    it('stores sealed bytes under their hash, again where they are there', async () => {
      const body = await sealed()
      expect([await put(body), await put(body)]).to.deep.equal([201, 201])
      expect(gateway.stored()).to.deep.equal([`definitions/${keccak256(body)}`])
    })

    it('keeps nothing on its disk that can be read there', async () => {
      await putDefinition(customer, bytesOf(TEXT), { secrets: { TOKEN: 'hunter2-hunter2' } })
      const disk = gateway.everything()
      for (const word of ['nobody but the provider', 'hunter2']) {
        expect(disk.includes(word)).to.equal(false)
        expect(disk.includes(Buffer.from(word).toString('base64').slice(0, -4))).to.equal(false)
        expect(gateway.logged.join('')).not.to.include(word)
      }
    })

    it('refuses what is not sealed to it: plain text, a seal for another, a seal that was changed', async () => {
      const changed = await sealed()
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
      const foreign = await seal(bytesOf(TEXT), (await newSealingKey()).recipient)
      const headless = bytesOf(`age-encryption.org/v1\n${'x'.repeat(5000)}`)
      for (const body of [bytesOf(TEXT), foreign, changed, headless, new Uint8Array()]) {
        expect(await put(body)).to.equal('NOT_SEALED')
      }
      expect(gateway.stored()).to.deep.equal([])
    })

    it('takes a definition of the largest size, in pieces, and refuses a byte more', async () => {
      const body = randomBytes(1024 * 1024 - 1000)
      const hash = await putDefinition(customer, body)
      expect(gateway.stored()).to.deep.equal([`definitions/${hash}`])
      const refusal = await refusalBy(putDefinition(customer, randomBytes(1024 * 1024)))
      expect(refusal).to.include({ reason: 'DEFINITION_TOO_LARGE' })
      expect(await put(new Uint8Array(1024 * 1024 + 1))).to.equal('DEFINITION_TOO_LARGE')
      expect(gateway.stored()).to.deep.equal([`definitions/${hash}`])
    })

    it('refuses a body of 100 MB at its first bytes', async () => {
      const { hostname, port } = new URL(gateway.url)
      const socket = connect(Number(port), hostname)
      socket.write(`PUT /v1/definitions/${OTHER_HASH} HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n`)
      expect(await textOf(socket)).to.match(/^HTTP\/1\.1 413 /)
    })

    it('refuses bytes under another hash, names that are none, and what nobody who is logged in sends', async () => {
      const body = await sealed()
      expect(await put(body, OTHER_HASH)).to.equal('HASH_MISMATCH')
      for (const hash of [
        '0x12',
        `${OTHER_HASH}00`,
        '..%2f..%2fescaped',
        `0x${'g'.repeat(64)}`,
        `0x${'０'.repeat(64)}`,
      ]) {
        expect(await put(body, encodeURI(hash)), hash).to.equal('HASH_MALFORMED')
      }
      const answer = await gateway.ask('PUT', `/v1/definitions/${keccak256(body)}`, { body })
      expect(answer).to.include({ status: 401, code: 'LOGIN_MISSING' })
      expect(gateway.stored()).to.deep.equal([])
    })

    it('never leaves its directory, whatever path is sent', async () => {
      const { hostname, port } = new URL(gateway.url)
      const socket = connect(Number(port), hostname)
      socket.end(
        'PUT /v1/definitions/../../../escaped HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx',
      )
      expect(await textOf(socket)).to.match(/^HTTP\/1\.1 40[04] /)
      expect(gateway.stored()).to.deep.equal([])
    })

    it('gives each account its quota, and counts what is put again once', async () => {
      await gateway.close()
      gateway = await localGateway(grid.client(), { settings: { QUOTA_BYTES: '700' } })
      customer = grid.client(newAccount(), { gatewayUrl: gateway.url })
      const [first, second] = [await sealed('a'.repeat(200)), await sealed('b'.repeat(200))]
      expect([await put(first), await put(first), await put(second)]).to.deep.equal([201, 201, 'QUOTA_EXCEEDED'])
      expect(await put(second, undefined, grid.client(newAccount()))).to.equal(201)
    })

    it('says that it failed where it cannot store', async () => {
      rmSync(join(gateway.directory, 'blobs'), { recursive: true })
      writeFileSync(join(gateway.directory, 'blobs'), '')
      expect(await put(await sealed())).to.equal('INTERNAL')
    })
  })

  describe('an upload in pieces', () => {
    const patch = async (hash: Hex, offset: number | string, body: Uint8Array, as: GridClient = customer) => {
      const answer = await gateway.ask('PATCH', `/v1/uploads/${hash}?offset=${offset}`, { as, body })
      return answer.code ?? JSON.parse(answer.text).offset
    }
    const finish = async (hash: Hex, as: GridClient = customer) =>
      (await gateway.ask('PUT', `/v1/definitions/${hash}?upload=yes`, { as })).code

    it('goes on where it ended, also after the gateway was restarted', async () => {
      const body = await sealed()
      const hash = keccak256(body)
      expect(await patch(hash, 0, body.subarray(0, 100))).to.equal(100)
      gateway = await gateway.restart()
      const head = await gateway.ask('HEAD', `/v1/uploads/${hash}`, { as: customer })
      expect(head.headers.get('upload-offset')).to.equal('100')
      expect(await patch(hash, 100, body.subarray(100))).to.equal(body.length)
      expect(await finish(hash)).to.equal(undefined)
      expect(gateway.stored()).to.deep.equal([`definitions/${hash}`])
    })

    it('refuses a piece at another place, and the same piece again', async () => {
      const body = await sealed()
      const hash = keccak256(body)
      expect(await patch(hash, 5, body.subarray(5))).to.equal('UPLOAD_OFFSET_WRONG')
      await patch(hash, 0, body.subarray(0, 50))
      expect(await patch(hash, 0, body.subarray(0, 50))).to.equal('UPLOAD_OFFSET_WRONG')
      expect(await patch(hash, '1e9', body)).to.equal('UPLOAD_OFFSET_WRONG')
      expect(await finish(hash)).to.equal('HASH_MISMATCH')
    })

    it('is apart for each account, and counts against its quota', async () => {
      const body = await sealed()
      const hash = keccak256(body)
      await patch(hash, 0, body)
      expect(await finish(hash, grid.client(newAccount()))).to.equal('HASH_MISMATCH')
      expect(await patch(OTHER_HASH, 999_999_999, body)).to.equal('QUOTA_EXCEEDED')
      expect(await finish(hash)).to.equal(undefined)
    })
  })

  describe('HEAD', () => {
    it('tells anyone whether a definition is stored', async () => {
      expect(await gateway.ask('HEAD', `/v1/definitions/${OTHER_HASH}`)).to.include({ status: 404 })
      const hash = await putDefinition(customer, bytesOf(TEXT))
      expect(await gateway.ask('HEAD', `/v1/definitions/${hash}`)).to.include({ status: 200, text: '' })
      expect(await gateway.ask('HEAD', `/v1/definitions/0x${hash.slice(2).toUpperCase()}`)).to.include({ status: 200 })
      expect(await gateway.ask('HEAD', '/v1/definitions/..%2fx')).to.include({ status: 400 })
    })
  })

  describe('GET', () => {
    let provider: LocalProvider
    let id: Hex
    let hash: Hex
    let request: JobRequest
    before(async () => {
      provider = await grid.provider()
    })
    beforeEach(async () => {
      customer = await grid.funded(100n * CREDIT, { gatewayUrl: gateway.url })
      hash = await putDefinition(customer, bytesOf(TEXT), { secrets: { TOKEN: 'hunter2' } })
      ;({ id, request } = await submitted(customer, { definition: hash }))
    })

    const ask = (as: GridClient, { of = hash, job = id, rest = '', query = '' } = {}) =>
      gateway.ask('GET', `/v1/definitions/${of}${rest}?job=${job}${query}`, { as })
    const get = async (as: GridClient, how: Parameters<typeof ask>[1] = {}) => {
      const { code, status } = await ask(as, how)
      return code ?? status
    }
    /** What the holder of a key reads out of an answer. */
    const opened = async (as: GridClient, identity: string, rest = '', query = '') => {
      const url = `${gateway.url}/v1/definitions/${hash}${rest}?job=${id}${query}`
      const token = await gatewaySession({ ...as, gatewayUrl: gateway.url }).token()
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
      const bytes = new Uint8Array(await answer.arrayBuffer())
      const passed = Buffer.from(answer.headers.get('x-sealed-key') ?? '', 'base64')
      return { bytes, text: new TextDecoder().decode(await openPassedOn(bytes, passed, identity)) }
    }

    it('lets the provider that has the job read it: the very bytes that were signed, and their key sealed to its own', async () => {
      await grid.assign(request, provider)
      const { bytes, text } = await opened(grid.client(provider.signer), provider.sealingKey.identity)
      expect([keccak256(bytes), text]).to.deep.equal([hash, TEXT])
    })

    it('seals to the key that the provider has registered last', async () => {
      const [moving, key] = [await grid.provider(), await newSealingKey()]
      await grid.assign(request, moving)
      await grid.setEncryptionKey(moving, key.recipient)
      const { text } = await opened(grid.client(moving.signer), key.identity)
      expect(text).to.equal(TEXT)
      const former = await opened(grid.client(moving.signer), moving.sealingKey.identity).catch((error) => error)
      expect(former).to.include({ code: 'SEAL_BROKEN' })
    })

    it('releases nothing to a provider that has registered no key', async () => {
      const keyless = await grid.provider()
      await grid.assign(request, keyless)
      await grid.setEncryptionKey(keyless, undefined)
      expect(await get(grid.client(keyless.signer))).to.equal('PROVIDER_WITHOUT_KEY')
    })

    it('gives the provider the secrets apart, and the customer none', async () => {
      await grid.assign(request, provider)
      const { text } = await opened(grid.client(provider.signer), provider.sealingKey.identity, '/secrets')
      expect(JSON.parse(text)).to.deep.equal({ definition: hash, secrets: { TOKEN: 'hunter2' } })
      expect(await get(customer, { rest: '/secrets' })).to.equal('NOT_JOB_PROVIDER')
    })

    it('gives it to the customer, whatever became of the job, to a key that it names', async () => {
      const key = await newSealingKey()
      expect(await get(customer)).to.equal(200)
      await cancelJob(customer, id)
      expect((await opened(customer, key.identity, '', `&recipient=${key.recipient}`)).text).to.equal(TEXT)
      expect(await get(customer, { query: '&recipient=age1nonsense' })).to.equal('RECIPIENT_MALFORMED')
    })

    it('gives it to the provider’s signer while the job is assigned to it, neither before nor after', async () => {
      const signer = grid.client(provider.signer)
      expect(await get(signer)).to.equal('NOT_JOB_PARTY')
      await grid.assign(request, provider)
      expect(await get(signer)).to.equal(200)
      await grid.report(request, provider, { status: 'PENDING' })
      expect(await get(signer)).to.equal('NOT_JOB_PARTY')
    })

    it('gives it to the provider no longer once the job has ended there', async () => {
      await grid.assign(request, provider)
      await grid.report(request, provider, { status: 'FAILED' })
      expect(await get(grid.client(provider.signer))).to.equal('NOT_JOB_PARTY')
    })

    it('refuses the provider’s owner, another provider’s signer and strangers', async () => {
      const other = await grid.provider()
      await grid.assign(request, provider)
      for (const account of [provider.owner, other.signer, newAccount()]) {
        expect(await get(grid.client(account))).to.equal('NOT_JOB_PARTY')
        expect(await get(grid.client(account), { rest: '/secrets' })).to.equal('NOT_JOB_PROVIDER')
      }
    })

    it('refuses a definition that the job does not name, to its customer and to a provider that asks for another’s job', async () => {
      const other = await putDefinition(customer, bytesOf('another'))
      expect(await get(customer, { of: other })).to.equal('DEFINITION_OF_OTHER_JOB')
      const [own, foreign] = [await grid.provider(), await submitted(customer, { definition: other })]
      await grid.assign(request, own)
      await grid.assign(foreign.request, provider)
      expect(await get(grid.client(own.signer), { of: other })).to.equal('DEFINITION_OF_OTHER_JOB')
      expect(await get(grid.client(own.signer), { of: other, job: foreign.id })).to.equal('NOT_JOB_PARTY')
    })

    it('lets nobody change the secrets of another’s definition', async () => {
      const body = await seal(bytesOf('{}'), await recipient())
      const answer = await gateway.ask('PUT', `/v1/definitions/${hash}/secrets`, {
        as: grid.client(newAccount()),
        body,
      })
      expect(answer).to.include({ status: 403, code: 'NOT_OWNER' })
      const large = await gateway.ask('PUT', `/v1/definitions/${hash}/secrets`, {
        as: customer,
        body: randomBytes(70_000),
      })
      expect(large).to.include({ status: 413 })
    })

    it('says what is missing: the job, its id, the definition, its secrets, or the login', async () => {
      expect(await get(customer, { job: OTHER_HASH })).to.equal('JOB_UNKNOWN')
      for (const query of ['', '?job=0x1', `?job=${id}&job=${id}`]) {
        const answer = await gateway.ask('GET', `/v1/definitions/${hash}${query}`)
        expect(answer).to.include({ status: 400, code: 'JOB_ID_MALFORMED' })
      }
      expect(await gateway.ask('GET', `/v1/definitions/${hash}?job=${id}`)).to.include({ code: 'LOGIN_MISSING' })
      const absent = await submitted(customer, { definition: OTHER_HASH })
      expect(await get(customer, { of: OTHER_HASH, job: absent.id })).to.equal('DEFINITION_NOT_FOUND')
      await grid.assign(absent.request, provider)
      const secrets = await get(grid.client(provider.signer), { of: OTHER_HASH, job: absent.id, rest: '/secrets' })
      expect(secrets).to.equal('SECRETS_NOT_FOUND')
    })

    it('gives out nothing that is not what its hash says', async () => {
      writeFileSync(join(gateway.directory, 'blobs', 'definitions', hash), await sealed('changed'))
      expect(await get(customer)).to.equal('DEFINITION_DAMAGED')
    })

    it('still opens what was sealed before a restart', async () => {
      gateway = await gateway.restart()
      await grid.assign(request, provider)
      const { text } = await opened(grid.client(provider.signer), provider.sealingKey.identity)
      expect(text).to.equal(TEXT)
    })

    it('decides nothing about a job while the chain does not answer', async () => {
      const transport = http(`http://127.0.0.1:${await freePort()}`, { retryCount: 0 })
      const cutOff = await localGateway({ ...customer, publicClient: createPublicClient({ transport }) })
      const answer = await cutOff.ask('GET', `/v1/definitions/${hash}?job=${id}`, { as: customer })
      expect(answer).to.include({ status: 503, code: 'CHAIN_UNANSWERED' })
      await cutOff.close()
    })
  })

  it('takes an identity file of age for its key, and refuses one that is none', async () => {
    const key = await newSealingKey()
    const file = join(gateway.directory, 'my.key')
    writeFileSync(file, `# a comment\n\n${key.identity}\n`)
    const own = await localGateway(grid.client(), { settings: { SEALING_KEY_FILE: file } })
    expect(await recipient(own)).to.equal(key.recipient)
    expect(new TextDecoder().decode(await openSealed(await sealed('x', own), key.identity))).to.equal('x')
    await own.close()
    writeFileSync(file, 'AGE-SECRET-KEY-1NOTAKEY')
    const refusal = await localGateway(grid.client(), { settings: { SEALING_KEY_FILE: file } }).catch((error) => error)
    expect(refusal).to.include({ code: 'SETTING_INVALID', setting: 'SEALING_KEY_FILE' })
    expect(refusal.message).not.to.include('NOTAKEY')
  })

  it('answers what nobody can read, and other paths, with a named error', async () => {
    expect(await gateway.ask('GET', '/v1/definitions/%ff')).to.include({ status: 400, code: 'REQUEST_INVALID' })
    expect(await gateway.ask('GET', '/v1/nothing')).to.include({ status: 404, code: 'ROUTE_UNKNOWN' })
    expect(await gateway.ask('GET', '/healthz')).to.include({ status: 200 })
  })
})
