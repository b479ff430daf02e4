import { expect } from 'chai'
import { keccak256, toUtf8Bytes, verifyTypedData, Wallet } from 'ethers'
import { describe, it } from 'mocha'
import { signing as signingWith } from '../../../agent/chain/signing.ts'
import { type Gateway, gatewayAt } from '../../../agent/gateway/gateway.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import { GATEWAY_ACCESS_TYPES, gridDomain } from '../../../sdk/domain/typedData.ts'
import { ID } from '../support/facts.ts'
import { type Asked, httpServer } from '../support/httpServer.ts'

const domain = gridDomain(31337, `0x${'22'.repeat(20)}`)
const wallet = new Wallet(`0x${'11'.repeat(32)}`)
const never = new AbortController().signal
const HASH = keccak256(toUtf8Bytes('steps')) as Hex

const gateway = (url: string): Gateway =>
  gatewayAt({ url, signing: signingWith(wallet, domain), definitionLimitBytes: 10, clock: () => 1_000 })

function accountOf(asked: Asked | undefined, claim: object): string {
  const types = { GatewayAccess: [...GATEWAY_ACCESS_TYPES.GatewayAccess] }
  const expiresAt = Number(asked?.headers['x-grid-expires'])
  return verifyTypedData(domain, types, { ...claim, expiresAt }, String(asked?.headers['x-grid-signature']))
}

describe('gateway', () => {
  it('reads a definition under the signer’s name', async () => {
    await using server = await httpServer(200, 'steps')
    const answer = await gateway(server.url).definition(ID, HASH, never)
    expect(answer).to.deep.equal({ kind: 'found', bytes: Buffer.from('steps') })
    const [asked] = server.asked
    expect(asked).to.include({ method: 'GET', path: `/v1/definitions/${HASH}?job=${ID}` })
    expect(asked?.headers).to.include({ 'x-grid-account': wallet.address, 'x-grid-expires': '1240' })
    expect(accountOf(asked, { action: 'get-definition', subject: ID, attempt: 0, content: HASH })).to.equal(
      wallet.address,
    )
  })

  it('takes no other bytes for the definition', async () => {
    await using server = await httpServer(200, 'other')
    const answer = await gateway(server.url).definition(ID, HASH, never)
    expect(answer).to.include({ kind: 'unavailable', reason: 'definition-mismatch' })
  })

  it('does not read on where there is more than a definition may have', async () => {
    await using server = await httpServer(200, 'x'.repeat(100_000))
    const answer = await gateway(server.url).definition(ID, HASH, never)
    expect(answer).to.include({ kind: 'unavailable', reason: 'definition-too-large' })
  })

  for (const status of [403, 404, 500]) {
    it(`takes ${status} for a definition that is not available`, async () => {
      await using server = await httpServer(status, 'no')
      const answer = await gateway(server.url).definition(ID, HASH, never)
      expect(answer).to.include({
        kind: 'unavailable',
        reason: 'definition-unavailable',
        problem: `status ${status}: no`,
      })
    })
  }

  it('takes silence for a definition that is not available', async () => {
    const answer = await gateway('http://127.0.0.1:1').definition(ID, HASH, never)
    expect(answer).to.include({ kind: 'unavailable', reason: 'definition-unavailable' })
  })

  it('puts a log under the signer’s name', async () => {
    await using server = await httpServer(204, '')
    expect(await gateway(server.url).putLog(ID, 2, 'grüße', never)).to.deep.equal({ kind: 'accepted' })
    const [asked] = server.asked
    expect(asked).to.include({ method: 'PUT', path: `/v1/jobs/${ID}/attempts/2/log`, body: 'grüße' })
    const content = keccak256(toUtf8Bytes('grüße'))
    expect(accountOf(asked, { action: 'put-log', subject: ID, attempt: 2, content })).to.equal(wallet.address)
  })

  for (const [status, kind] of [
    [413, 'refused'],
    [403, 'silent'],
    [404, 'silent'],
    [503, 'silent'],
  ] as const) {
    it(`takes ${status} to a log for ${kind}`, async () => {
      await using server = await httpServer(status, 'no')
      expect(await gateway(server.url).putLog(ID, 1, 'x', never)).to.include({ kind })
    })
  }
})
