import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import { keccak256, stringToBytes, zeroHash } from 'viem'
import { followLogs } from '../../../sdk/actions/followLogs.ts'
import { verifyLogs } from '../../../sdk/actions/verifyLogs.ts'
import { executionName, type Hex, type JobRequest } from '../../../sdk/domain/job.ts'
import { chunkAfter, encodeChunk, headAfter, type LogHead, logStart } from '../../../sdk/gateway/logChain.ts'
import { manifestText } from '../../../sdk/gateway/manifest.ts'
import type { GridClient, Wallet } from '../../../sdk/gridClient.ts'
import { type LocalGateway, localGateway } from '../../gateway/localGateway.ts'
import { submitted } from '../jobs.ts'
import { CREDIT, type LocalGrid, type LocalProvider, localGrid } from '../localGrid.ts'

describe('a log that was signed', () => {
  let grid: LocalGrid
  let gateway: LocalGateway
  let provider: LocalProvider
  let customer: GridClient & { readonly wallet: Wallet }
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
    ;({ id, request } = await submitted(customer))
    await grid.assign(request, provider)
    head = await logStart(executionName(id, 1))
  })
  afterEach(() => gateway.close())

  const path = (rest: string) => `/v1/jobs/${id}/attempts/1/${rest}`
  const print = async (text: string): Promise<void> => {
    const chunk = await chunkAfter(head, stringToBytes(text))
    head = headAfter(head, chunk)
    await gateway.ask('POST', path('log'), { as: grid.client(provider.signer), body: encodeChunk(chunk) })
  }
  const close = async (): Promise<string> => {
    const log = { chunks: head.seq, lines: head.line, bytes: head.bytes, head: head.hash }
    const body = manifestText({ version: 1, job: id, attempt: 1, log, files: [] })
    await gateway.ask('PUT', path('manifest'), { as: grid.client(provider.signer), body })
    return body
  }

  it('is proved from the report on chain, chunk by chunk', async () => {
    await print('one\n')
    await print('zwölf ✓\n')
    expect(await verifyLogs(customer, id)).to.deep.equal({ kind: 'open', attempt: 1 })
    const manifest = await close()
    await grid.report(request, provider, { status: 'FAILED', result: keccak256(stringToBytes(manifest)) })
    expect(await verifyLogs(customer, id)).to.deep.equal({ kind: 'proved', attempt: 1, text: 'one\nzwölf ✓\n' })
  })

  it('is not proved where the provider reported another manifest', async () => {
    await print('one\n')
    await close()
    await grid.report(request, provider, { status: 'FAILED', result: zeroHash })
    expect(await verifyLogs(customer, id)).to.include({ kind: 'broken', reason: 'manifest-not-reported' })
  })

  it('is followed to its end, line by line', async () => {
    await print('one\n')
    const told: string[] = []
    const following = (async () => {
      for await (const text of followLogs(customer, id)) told.push(text)
    })()
    await print('two\n')
    await close()
    await grid.report(request, provider, { status: 'FAILED' })
    await following
    expect(told.join('')).to.equal('one\ntwo\n')
  })
})
