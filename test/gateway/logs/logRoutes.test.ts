import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import { readLog } from '../../../sdk/actions/readLog.ts'
import { executionName, type Hex, type JobRequest } from '../../../sdk/domain/job.ts'
import {
  chunkAfter,
  decodeChunks,
  encodeChunk,
  headAfter,
  type LogHead,
  logStart,
} from '../../../sdk/gateway/logChain.ts'
import { manifestText } from '../../../sdk/gateway/manifest.ts'
import { gatewaySession } from '../../../sdk/gatewayFetch.ts'
import type { GridClient, Wallet } from '../../../sdk/gridClient.ts'
import { submitted } from '../../sdk/jobs.ts'
import { CREDIT, type LocalGrid, type LocalProvider, localGrid, newAccount } from '../../sdk/localGrid.ts'
import { type LocalGateway, localGateway } from '../localGateway.ts'

type Client = GridClient & { readonly wallet: Wallet }

describe('logRoutes', () => {
  let grid: LocalGrid
  let gateway: LocalGateway
  let provider: LocalProvider
  let customer: Client
  let signer: Client
  let id: Hex
  let request: JobRequest
  let head: LogHead
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
    head = await logStart(executionName(id, 1))
  })
  afterEach(() => gateway.close())

  const path = (rest: string, attempt: number | string = 1) => `/v1/jobs/${id}/attempts/${attempt}/${rest}`
  /** The next chunk of the log, as bytes. */
  const next = async (text: string): Promise<Uint8Array> => {
    const chunk = await chunkAfter(head, new TextEncoder().encode(text))
    head = headAfter(head, chunk)
    return encodeChunk(chunk)
  }
  const send = async (body: Uint8Array, as: GridClient = signer, attempt: number | string = 1) => {
    const answer = await gateway.ask('POST', path('log', attempt), { as, body })
    return answer.code ?? JSON.parse(answer.text).next
  }
  const manifest = () =>
    manifestText({
      version: 1,
      job: id,
      attempt: 1,
      log: { chunks: head.seq, lines: head.line, bytes: head.bytes, head: head.hash },
      files: [],
    })
  const close = async (body = manifest(), as: GridClient = signer) => {
    const { code, status } = await gateway.ask('PUT', path('manifest'), { as, body })
    return code ?? status
  }
  const read = async (query = '', as: GridClient = customer) => {
    const { code, text } = await gateway.ask('GET', path(`log${query}`), { as })
    return code ?? text
  }

  it('keeps what the provider sends and gives it to the customer as it grows', async () => {
    expect(await readLog(customer, id, 1)).to.equal(undefined)
    expect(await send(await next('one\n'))).to.equal(1)
    expect(await readLog(customer, id, 1)).to.equal('one\n')
    expect(await send(await next('zwölf — 12 ✓\n'))).to.equal(2)
    expect(await readLog(customer, id, 1)).to.equal('one\nzwölf — 12 ✓\n')
  })

  it('passes over what is sent again, also after a restart', async () => {
    const [first, second] = [await next('one\n'), await next('two\n')]
    expect(await send(first)).to.equal(1)
    expect(await send(Buffer.concat([first, second]))).to.equal(2)
    gateway = await gateway.restart()
    expect(await send(Buffer.concat([first, second]))).to.equal(2)
    expect(await read()).to.equal('one\ntwo\n')
  })

  it('takes one of many that send the same at once', async () => {
    const first = await next('one\n')
    expect(await Promise.all(Array.from({ length: 10 }, () => send(first)))).to.deep.equal(Array(10).fill(1))
    expect(await read()).to.equal('one\n')
  })

  it('asks for chunks that are missing, and replaces none', async () => {
    const [first, second] = [await next('one\n'), await next('two\n')]
    const answer = await gateway.ask('POST', path('log'), { as: signer, body: second })
    expect(answer).to.include({ status: 409, code: 'LOG_BEHIND' })
    expect(JSON.parse(answer.text).error.next).to.equal(0)
    await send(first)
    head = await logStart(executionName(id, 1))
    expect(await send(await next('other\n'))).to.equal('LOG_CONFLICT')
    expect(await read()).to.equal('one\n')
  })

  it('refuses chunks that break the chain, bytes that are none, and more than it keeps', async () => {
    const good = await next('one\n')
    const changed = Uint8Array.from(good)
    changed[changed.length - 2] = 0x78
    expect(await send(changed)).to.equal('LOG_BROKEN')
    expect(await send(good.subarray(0, -1))).to.equal('LOG_MALFORMED')
    expect(await send(Buffer.from('nonsense\n'))).to.equal('LOG_MALFORMED')
    expect(await send(new Uint8Array(4 * 1024 * 1024 + 1))).to.equal('LOG_TOO_LARGE')
    expect(await read()).to.equal('LOG_NOT_FOUND')
    const small = await localGateway(grid.client(), { settings: { LOG_LIMIT_BYTES: '3' } })
    expect(await small.ask('POST', path('log'), { as: signer, body: good })).to.include({ code: 'LOG_FULL' })
    await small.close()
  })

  it('reads lines from one on, and as many as are wanted', async () => {
    await send(await next('a\nb\nc'))
    await send(await next('c\nd\n'))
    expect(await read('?from=2')).to.equal('cc\nd\n')
    expect(await read('?from=1&lines=2')).to.equal('b\ncc\n')
    expect(await read('?from=9')).to.equal('')
    expect(await read('?from=-1')).to.equal('LINE_MALFORMED')
  })

  it('is closed by a manifest of all that was sent, once', async () => {
    const first = await next('one\n')
    expect(await close()).to.equal('LOG_BEHIND')
    await send(first)
    expect([await close(), await close()]).to.deep.equal([204, 204])
    expect((await gateway.ask('GET', path('manifest'), { as: customer })).text).to.equal(manifest())
    expect(await send(await next('two\n'))).to.equal('LOG_CLOSED')
    expect(await close(manifest().replace('"lines":2', '"lines":1'))).to.equal('LOG_BEHIND')
    expect(await close('{}')).to.equal('MANIFEST_MALFORMED')
    expect(await close(manifest().replace(/"attempt":1/, '"attempt":2'))).to.equal('MANIFEST_MALFORMED')
  })

  it('reads the same when its chunks are packed, also after a restart', async () => {
    const text = `${'x'.repeat(999)}\n`.repeat(40)
    for (let at = 0; at < 10; at += 1) await send(await next(text))
    await send(await next('the end\n'))
    await close()
    gateway = await gateway.restart()
    expect(gateway.stored().filter((key) => key.startsWith('logs/'))).not.to.deep.equal([])
    expect(await read()).to.equal(`${text.repeat(10)}the end\n`)
    expect(await read('?from=400')).to.equal('the end\n')
  })

  it('lets only the signer of the attempt’s provider write', async () => {
    const [next2, first] = [await grid.provider(), await next('one\n')]
    for (const as of [customer, grid.client(provider.owner), grid.client(next2.signer), grid.client(newAccount())]) {
      expect(await send(first, as)).to.equal('NOT_JOB_PROVIDER')
      expect(await close(manifest(), as)).to.equal('NOT_JOB_PROVIDER')
    }
    expect(await send(first, signer, 2)).to.equal('NOT_JOB_PROVIDER')
    for (const attempt of ['0', '32', '1.0', '..%2f1'])
      expect(await send(first, signer, attempt)).to.equal('ATTEMPT_MALFORMED')
    expect((await gateway.ask('POST', path('log'), { body: first })).code).to.equal('LOGIN_MISSING')
  })

  it('takes the log of an attempt after the job went to another provider', async () => {
    const other = await grid.provider()
    await grid.report(request, provider, { status: 'PENDING' })
    await grid.assign(request, other)
    expect(await send(await next('late\n'))).to.equal(1)
  })

  it('lets the customer read, and whom it names for as long as it does, and nobody else', async () => {
    await send(await next('private\n'))
    const friend = grid.client(newAccount())
    const naming = `/v1/jobs/${id}/readers/${friend.wallet.account.address}`
    for (const as of [signer, friend]) expect(await read('', as)).to.equal('NOT_READER')
    expect(await gateway.ask('PUT', naming, { as: friend })).to.include({ code: 'NOT_CUSTOMER' })
    expect(await gateway.ask('PUT', naming, { as: customer })).to.include({ status: 204 })
    expect(await read('', friend)).to.equal('private\n')
    const listed = await gateway.ask('GET', `/v1/jobs/${id}/readers`, { as: customer })
    expect(JSON.parse(listed.text).readers).to.deep.equal([friend.wallet.account.address.toLowerCase()])
    expect(await gateway.ask('DELETE', naming, { as: customer })).to.include({ status: 204 })
    expect(await read('', friend)).to.equal('NOT_READER')
    expect(await gateway.ask('PUT', `/v1/jobs/${id}/readers/0x12`, { as: customer })).to.include({
      code: 'ACCOUNT_MALFORMED',
    })
  })

  it('gives chunks to check, from one on', async () => {
    await send(Buffer.concat([await next('one\n'), await next('two\n')]))
    const token = await gatewaySession(customer).token()
    const answer = await fetch(`${gateway.url}${path('log/chunks?from=1')}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { chunks } = decodeChunks(new Uint8Array(await answer.arrayBuffer()))
    expect(chunks.map(({ seq, line }) => [seq, line])).to.deep.equal([[1, 1]])
  })

  describe('a live log', () => {
    const events = async (query: string, headers: Record<string, string> = {}) => {
      const token = await gatewaySession(customer).token()
      const answer = await fetch(`${gateway.url}${path(`log/stream${query}`)}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
      })
      return answer.text()
    }

    it('tells lines as they come, and its end', async () => {
      const told = events('')
      await send(await next('one\ntw'))
      await send(await next('o\n'))
      await close()
      const text = await told
      expect(text).to.match(/event: end\nid: 2\ndata: {"lines":2}\n\n$/)
      const lines = [...text.matchAll(/event: lines\nid: (\d+)\ndata: (.*)\n/g)].map(([, next, data]) => ({
        next: Number(next),
        ...JSON.parse(data ?? ''),
      }))
      expect(lines.map((line) => line.text).join('')).to.equal('one\ntwo\n')
      expect(lines.at(-1).next).to.equal(2)
    })

    it('goes on from a line', async () => {
      await send(await next('one\ntwo\nthree'))
      await close()
      expect(await events('?from=1'))
        .to.include('"from":1,"text":"two\\n"')
        .and.not.include('one')
      expect(await events('', { 'last-event-id': '2' }))
        .to.include('"from":2,"text":"three"')
        .and.not.include('two')
    })

    it('is there over WebSocket too, for readers alone', async () => {
      await send(await next('one\n'))
      await close()
      const url = `${gateway.url.replace('http', 'ws')}${path('log/stream')}`
      const messages = async (as: GridClient): Promise<readonly string[]> => {
        const token = await gatewaySession({ ...as, gatewayUrl: gateway.url }).token()
        const socket = new WebSocket(url, ['deepsquare.logs', `bearer.${token}`])
        const got: string[] = []
        socket.onmessage = ({ data }) => void got.push(String(data))
        await new Promise((resolve) => {
          socket.onclose = resolve
        })
        return got
      }
      expect((await messages(customer)).map((text) => JSON.parse(text))).to.deep.equal([
        { event: 'lines', id: 1, data: { from: 0, text: 'one\n' } },
        { event: 'end', id: 1, data: { lines: 1 } },
      ])
      expect(await messages(grid.client(newAccount()))).to.deep.equal([])
    })
  })
})
