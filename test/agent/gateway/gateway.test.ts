import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { expect } from 'chai'
import { keccak256, toUtf8Bytes, verifyMessage, Wallet } from 'ethers'
import { describe, it } from 'mocha'
import { signing as signingWith } from '../../../agent/chain/signing.ts'
import { type Gateway, gatewayAt } from '../../../agent/gateway/gateway.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import { gridDomain } from '../../../sdk/domain/typedData.ts'
import { newSealingKey, passOn, seal } from '../../../sdk/gateway/sealing.ts'
import { ID } from '../support/facts.ts'
import { SEALING_KEY } from '../support/sealingKey.ts'

const domain = gridDomain(31337, `0x${'22'.repeat(20)}`)
const wallet = new Wallet(`0x${'11'.repeat(32)}`)
const never = new AbortController().signal
const customerSeals = await newSealingKey()
const sealed = await seal(toUtf8Bytes('steps'), customerSeals.recipient)
const passed = Buffer.from(await passOn(sealed, customerSeals.identity, SEALING_KEY.recipient)).toString('base64')
const HASH = keccak256(sealed) as Hex

const gateway = (url: string): Gateway =>
  gatewayAt({
    url,
    chainId: 31337,
    signing: signingWith(wallet, domain),
    key: SEALING_KEY,
    definitionLimitBytes: 10_000,
    clock: Date.now,
  })

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A gateway that lets anybody in and answers everything else in one way. */
async function oneAnswer(status: number, body: string | Uint8Array, headers: Record<string, string> = {}) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: text })
    if (request.url?.startsWith('/v1/login')) {
      response.end(JSON.stringify({ nonce: 'nonce1234', token: 'token', expiresAt: Date.now() / 1000 + 600 }))
    } else response.writeHead(status, headers).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

describe('gateway', () => {
  it('logs in as the signer, once, and reads a definition that was sealed for it', async () => {
    await using server = await oneAnswer(200, sealed, { 'x-sealed-key': passed })
    const at = gateway(server.url)
    expect(await at.definition(ID, HASH, never)).to.deep.equal({ kind: 'found', bytes: toUtf8Bytes('steps') })
    await at.definition(ID, HASH, never)
    const [, login, asked] = server.asked
    const { message, signature } = JSON.parse(login?.body ?? '{}')
    expect(verifyMessage(message, signature)).to.equal(wallet.address)
    expect(message)
      .to.include(`${new URL(server.url).host} wants you to sign in`)
      .and.include('Nonce: nonce1234')
    expect(asked).to.include({ method: 'GET', path: `/v1/definitions/${HASH}?job=${ID}` })
    expect(asked?.headers).to.include({ authorization: 'Bearer token' })
    expect(server.asked.map(({ path }) => path).filter((path) => path.startsWith('/v1/login'))).to.have.length(2)
  })

  it('takes no other bytes for the definition, though they were sealed for it too', async () => {
    const other = await seal(toUtf8Bytes('other'), customerSeals.recipient)
    const key = Buffer.from(await passOn(other, customerSeals.identity, SEALING_KEY.recipient)).toString('base64')
    await using server = await oneAnswer(200, other, { 'x-sealed-key': key })
    const answer = await gateway(server.url).definition(ID, HASH, never)
    expect(answer).to.include({ kind: 'unavailable', reason: 'definition-mismatch' })
  })

  it('opens nothing with a key that was sealed for another, or without one', async () => {
    const stranger = await newSealingKey()
    const foreign = Buffer.from(await passOn(sealed, customerSeals.identity, stranger.recipient)).toString('base64')
    for (const headers of [{ 'x-sealed-key': foreign }, {}]) {
      await using server = await oneAnswer(200, sealed, headers)
      const answer = await gateway(server.url).definition(ID, HASH, never)
      expect(answer).to.include({ kind: 'unavailable', reason: 'definition-not-opened' })
    }
  })

  it('does not read on where there is more than a definition may have', async () => {
    await using server = await oneAnswer(200, 'x'.repeat(100_000))
    const answer = await gateway(server.url).definition(ID, HASH, never)
    expect(answer).to.include({ kind: 'unavailable', reason: 'definition-too-large' })
  })

  for (const status of [401, 403, 404, 500]) {
    it(`takes ${status} for a definition that is not available`, async () => {
      await using server = await oneAnswer(status, 'no')
      const answer = await gateway(server.url).definition(ID, HASH, never)
      const problem = `status ${status}: no`
      expect(answer).to.deep.equal({ kind: 'unavailable', reason: 'definition-unavailable', problem })
    })
  }

  it('takes silence for a definition that is not available', async () => {
    const answer = await gateway('http://127.0.0.1:1').definition(ID, HASH, never)
    expect(answer).to.include({ kind: 'unavailable', reason: 'definition-unavailable' })
  })

  it('sends chunks and the manifest under the signer’s name, and hears what is wanted next', async () => {
    await using server = await oneAnswer(200, '{"next":3}')
    const answer = await gateway(server.url).putChunks(ID, 2, toUtf8Bytes('grüße'), never)
    expect(answer).to.deep.equal({ kind: 'accepted', next: 3 })
    const asked = server.asked.at(-1)
    expect(asked).to.include({ method: 'POST', path: `/v1/jobs/${ID}/attempts/2/log`, body: 'grüße' })
    expect(asked?.headers).to.include({ authorization: 'Bearer token' })
    await gateway(server.url).putManifest(ID, 2, '{}', never)
    expect(server.asked.at(-1)).to.include({ method: 'PUT', path: `/v1/jobs/${ID}/attempts/2/manifest`, body: '{}' })
  })

  it('hears from a gateway that lost chunks where to begin again', async () => {
    await using server = await oneAnswer(409, '{"error":{"code":"LOG_BEHIND","message":"","next":0}}')
    const answer = await gateway(server.url).putChunks(ID, 1, toUtf8Bytes('x'), never)
    expect(answer).to.deep.equal({ kind: 'accepted', next: 0 })
  })

  for (const [status, kind] of [
    [409, 'refused'],
    [413, 'refused'],
    [403, 'silent'],
    [404, 'silent'],
    [503, 'silent'],
  ] as const) {
    it(`takes ${status} to a log for ${kind}`, async () => {
      await using server = await oneAnswer(status, 'no')
      expect(await gateway(server.url).putChunks(ID, 1, toUtf8Bytes('x'), never)).to.include({ kind })
    })
  }
})
