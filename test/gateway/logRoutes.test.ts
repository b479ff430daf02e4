import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import { stringToBytes, zeroHash } from 'viem'
import { readLog } from '../../sdk/actions/readLog.ts'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import type { GridClient, Wallet } from '../../sdk/gridClient.ts'
import { submitted } from '../sdk/jobs.ts'
import { CREDIT, type LocalGrid, type LocalProvider, localGrid, newAccount } from '../sdk/localGrid.ts'
import { type LocalGateway, localGateway } from './localGateway.ts'

type Client = GridClient & { readonly wallet: Wallet }

describe('logRoutes', () => {
  let grid: LocalGrid
  let gateway: LocalGateway
  let provider: LocalProvider
  let customer: Client
  let signer: Client
  let id: Hex
  let request: JobRequest
  before(async () => {
    grid = await localGrid()
    provider = await grid.provider()
  })
  beforeEach(async () => {
    gateway = await localGateway(grid.client())
    customer = await grid.funded(100n * CREDIT, { gatewayUrl: gateway.url })
    signer = grid.client(provider.signer)
    ;({ id, request } = await submitted(customer))
    await grid.assign(request, provider)
  })
  afterEach(() => gateway.close())

  interface Put {
    readonly as?: Client
    readonly attempt?: number | string
  }
  const put = async (body: string | Uint8Array, { as = signer, attempt = 1 }: Put = {}) => {
    const { status, code } = await gateway.ask('PUT', `/v1/jobs/${id}/attempts/${attempt}/log`, { as, body })
    return code ?? status
  }

  it('keeps what the provider sends and gives it to the customer, the last whole log each time', async () => {
    expect(await readLog(customer, id, 1)).to.equal(undefined)
    expect(await put('one\n')).to.equal(204)
    expect(await readLog(customer, id, 1)).to.equal('one\n')
    expect(await put('one\nzwölf — 12 ✓\n')).to.equal(204)
    expect(await readLog(customer, id, 1)).to.equal('one\nzwölf — 12 ✓\n')
    expect(gateway.stored()).to.deep.equal([`logs/${id}-1/0`])
  })

  it('keeps a log of nothing', async () => {
    expect(await put('')).to.equal(204)
    expect(await readLog(customer, id, 1)).to.equal('')
  })

  it('takes the log of an attempt after it ended, and from its own provider alone', async () => {
    const next = await grid.provider()
    await grid.report(request, provider, { status: 'PENDING' })
    await grid.assign(request, next)
    const nextSigner = grid.client(next.signer)
    expect(await put('first', { attempt: 1 })).to.equal(204)
    expect(await put('second', { attempt: 2, as: nextSigner })).to.equal(204)
    expect(await put('forged', { attempt: 2 })).to.equal('NOT_JOB_PROVIDER')
    expect(await put('forged', { attempt: 1, as: nextSigner })).to.equal('NOT_JOB_PROVIDER')
    expect([await readLog(customer, id, 1), await readLog(customer, id, 2)]).to.deep.equal(['first', 'second'])
  })

  it('refuses whoever is not the provider’s signer, and attempts that never were', async () => {
    for (const as of [customer, grid.client(provider.owner), grid.client(newAccount())]) {
      expect(await put('forged', { as })).to.equal('NOT_JOB_PROVIDER')
    }
    expect(await put('forged', { attempt: 2 })).to.equal('NOT_JOB_PROVIDER')
    expect(gateway.stored()).to.deep.equal([])
  })

  for (const attempt of ['0', '32', '-1', '1.0', '01', 'x', '..%2f1']) {
    it(`refuses ${attempt} as an attempt`, async () => {
      expect(await put('x', { attempt })).to.equal('ATTEMPT_MALFORMED')
      expect(gateway.stored()).to.deep.equal([])
    })
  }

  it('refuses a log that is too large, no text, or from nobody who is logged in', async () => {
    expect(await put(new Uint8Array(1024 * 1024 + 1))).to.equal('LOG_TOO_LARGE')
    expect(await put(new Uint8Array([0xff]))).to.equal('LOG_NOT_TEXT')
    const unknown = await gateway.ask('PUT', `/v1/jobs/${id}/attempts/1/log`, { body: stringToBytes('x') })
    expect(unknown).to.include({ status: 401, code: 'LOGIN_MISSING' })
    expect(gateway.stored()).to.deep.equal([])
    expect(await put('x'.repeat(1024 * 1024))).to.equal(204)
  })

  it('refuses ids that are none, and of jobs that are not there', async () => {
    const ask = async (job: string) =>
      (await gateway.ask('GET', `/v1/jobs/${job}/attempts/1/log`, { as: customer })).code
    expect(await ask('..%2f..%2fescaped')).to.equal('JOB_ID_MALFORMED')
    expect(await ask(zeroHash)).to.equal('JOB_UNKNOWN')
  })

  it('lets nobody but the customer read, not even the provider that wrote', async () => {
    await put('private')
    for (const asker of [signer, grid.client(newAccount())]) {
      const answer = await gateway.ask('GET', `/v1/jobs/${id}/attempts/1/log`, { as: asker })
      expect(answer).to.include({ status: 403, code: 'NOT_CUSTOMER' })
      expect(answer.text).not.to.include('private')
    }
  })
})
