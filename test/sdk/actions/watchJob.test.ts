import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'
import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { createPublicClient, http } from 'viem'
import { getTransitions } from '../../../sdk/actions/getTransitions.ts'
import { watchJob } from '../../../sdk/actions/watchJob.ts'
import type { Hex, JobRequest } from '../../../sdk/domain/job.ts'
import type { GridClient } from '../../../sdk/gridClient.ts'
import { submitted } from '../jobs.ts'
import { CREDIT, type LocalGrid, type LocalProvider, localGrid } from '../localGrid.ts'
import { refusalBy } from '../refusalBy.ts'

describe('watchJob', () => {
  let grid: LocalGrid
  let provider: LocalProvider
  before(async () => {
    grid = await localGrid()
    provider = await grid.provider()
  })

  async function run(request: JobRequest, attempt: number): Promise<void> {
    const { timestamp } = await grid.client().publicClient.getBlock()
    await grid.report(request, provider, { status: 'RUNNING', attempt, startedAt: Number(timestamp) })
    await grid.report(request, provider, { status: 'FINISHED', attempt, startedAt: Number(timestamp) })
  }

  it('tells every transition in order, with block, transaction and time, and ends with the final one', async () => {
    const customer = await grid.funded(11n * CREDIT)
    const { id, request } = await submitted(customer)
    const watch = watchJob(customer, id)
    const first = await watch.next()
    expect(first.value).to.include({ kind: 'job-submitted', to: 'PENDING', id })
    await grid.assign(request, provider)
    expect((await watch.next()).value).to.include({
      kind: 'job-assigned',
      to: 'META_SCHEDULED',
      provider: provider.index,
      attempt: 1,
    })
    await grid.report(request, provider, { status: 'PENDING' })
    expect((await watch.next()).value).to.include({ kind: 'job-returned', to: 'PENDING', from: 'META_SCHEDULED' })
    await grid.assign(request, provider)
    await run(request, 2)
    const rest = []
    for await (const { to, kind, place } of watch) {
      const { timestamp, hash } = await customer.publicClient.getBlock({ blockNumber: BigInt(place.block) })
      expect(place).to.include({ time: Number(timestamp), blockHash: hash })
      const { logs } = await customer.publicClient.getTransactionReceipt({ hash: place.transaction })
      expect(logs.map((log) => log.logIndex)).to.include(place.logIndex)
      rest.push(`${kind} ${to}`)
    }
    expect(rest).to.deep.equal([
      'job-assigned META_SCHEDULED',
      'job-scheduled SCHEDULED',
      'job-started RUNNING',
      'job-ended FINISHED',
    ])
  })

  it('tells a job that is over what happened to it, from the block that is asked for', async () => {
    const customer = await grid.funded(11n * CREDIT)
    const { id, request } = await submitted(customer)
    await grid.assign(request, provider)
    await run(request, 1)
    const all = await collect(customer, id)
    expect(all).to.deep.equal(['PENDING', 'META_SCHEDULED', 'SCHEDULED', 'RUNNING', 'FINISHED'])
    const assigned = (await getTransitions(customer, id)).find(({ kind }) => kind === 'job-assigned')
    expect(await collect(customer, id, assigned?.place.block)).to.deep.equal(all.slice(1))
  })

  it('loses nothing and repeats nothing when the connection is lost for a while', async () => {
    const customer = await grid.funded(11n * CREDIT)
    const { id, request } = await submitted(customer)
    const line = await cuttable(grid.rpcUrl)
    const transport = http(line.url, { retryCount: 0 })
    const client = { ...customer, publicClient: createPublicClient({ transport, pollingInterval: 10 }) }
    const lost = Promise.withResolvers<unknown>()
    const watch = watchJob(client, id, { onLost: lost.resolve })
    const seen = [(await watch.next()).value?.to]
    line.cut()
    const next = watch.next()
    expect(await lost.promise).to.be.instanceOf(Error)
    await grid.assign(request, provider)
    await run(request, 1)
    line.mend()
    seen.push((await next).value?.to)
    for await (const { to } of watch) seen.push(to)
    expect(seen).to.deep.equal(['PENDING', 'META_SCHEDULED', 'SCHEDULED', 'RUNNING', 'FINISHED'])
    await line.close()
  })

  it('ends with the reason of its signal', async () => {
    const customer = await grid.funded(11n * CREDIT)
    const { id } = await submitted(customer)
    const stop = new AbortController()
    const watch = watchJob(customer, id, { signal: stop.signal })
    await watch.next()
    const next = watch.next()
    const reason = new Error('enough')
    stop.abort(reason)
    expect(await refusalBy(next)).to.equal(reason)
  })
})

async function collect(grid: GridClient, id: Hex, fromBlock?: number): Promise<readonly string[]> {
  const seen = []
  for await (const { to } of watchJob(grid, id, fromBlock === undefined ? {} : { fromBlock })) seen.push(to)
  return seen
}

/** A way to a node that can be cut: then every connection is closed without an answer. */
async function cuttable(target: string) {
  let isCut = false
  const server = createServer((request, response) => {
    if (isCut) return void request.socket.destroy()
    const { method, headers } = request
    const onward = forward(target, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    cut: () => {
      isCut = true
      server.closeAllConnections()
    },
    mend: () => {
      isCut = false
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
