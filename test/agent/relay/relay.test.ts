import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { SignedReport } from '../../../agent/outbox/outbox.ts'
import { relayAt } from '../../../agent/relay/relay.ts'
import { ID, report } from '../support/facts.ts'
import { httpServer } from '../support/httpServer.ts'

const never = new AbortController().signal
const entry: SignedReport = {
  key: ID,
  provider: 7,
  report: report('FINISHED'),
  signature: '0x12',
  signer: `0x${'11'.repeat(20)}`,
  signedAt: 1_000,
}

describe('relay', () => {
  it('is sent a report as it was signed', async () => {
    await using server = await httpServer(202, '{"key":"0x1","state":"stored"}')
    expect(await relayAt(server.url).sendReport(entry, never)).to.deep.equal({ kind: 'taken', state: 'stored' })
    const [asked] = server.asked
    expect(asked).to.include({ method: 'POST', path: '/v1/reports' })
    expect(JSON.parse(asked?.body ?? '')).to.deep.equal({
      provider: 7,
      reports: [report('FINISHED')],
      signature: '0x12',
    })
  })

  it('is sent a heartbeat', async () => {
    await using server = await httpServer(202, '{"key":"0x1","state":"stored"}')
    const heartbeat = { provider: 7, sentAt: 1_000, running: [{ id: ID, attempt: 1, secondsUsed: 5 }] }
    await relayAt(`${server.url}/`).sendHeartbeat(heartbeat, '0x12', never)
    const [asked] = server.asked
    expect(asked).to.include({ method: 'POST', path: '/v1/heartbeats' })
    expect(JSON.parse(asked?.body ?? '')).to.deep.equal({ heartbeat, signature: '0x12' })
  })

  it('may refuse in its own words', async () => {
    await using server = await httpServer(400, '{"error":{"code":"SIGNATURE_INVALID","message":"not the signer"}}')
    const answer = await relayAt(server.url).sendReport(entry, never)
    expect(answer).to.deep.equal({ kind: 'refused', code: 'SIGNATURE_INVALID', message: 'not the signer' })
  })

  it('counts as silent when it fails or is not there', async () => {
    await using server = await httpServer(503, '')
    expect(await relayAt(server.url).sendReport(entry, never)).to.include({ kind: 'silent' })
    expect(await relayAt('http://127.0.0.1:1').sendReport(entry, never)).to.include({ kind: 'silent' })
  })
})
