import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { afterEach, describe, it } from 'mocha'
import { type EndpointEvent, Endpoints } from '../../../oracle/chain/endpoints.ts'

interface Call {
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}
type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body: string }

const hashOf = (number: unknown) => `0x${String(number).replace('0x', '').padStart(64, '0')}`

describe('Endpoints', () => {
  let servers: Server[] = []
  let nodes: Endpoints[] = []
  let events: EndpointEvent[] = []

  afterEach(() => {
    for (const node of nodes) node.destroy()
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    servers = []
    nodes = []
    events = []
  })

  /** A chain node that answers calls by `answer`. */
  async function startServer(answer: (calls: readonly Call[]) => Answer): Promise<string> {
    const server = createServer(async (request, response) => {
      const payload: Call | Call[] = JSON.parse(Buffer.concat(await request.toArray()).toString())
      const { status = 200, headers = {}, body } = answer([payload].flat())
      response.writeHead(status, headers).end(body)
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const healthy = (head: number) =>
    startServer((calls) => {
      const answers = calls.map(({ id, params: [tag] }) => {
        const number = tag === 'latest' || tag === undefined ? `0x${head.toString(16)}` : tag
        return { id, jsonrpc: '2.0', result: { number, hash: hashOf(number) } }
      })
      return { body: JSON.stringify(answers.length === 1 ? answers[0] : answers) }
    })

  function connect(...urls: string[]): Endpoints {
    const node = new Endpoints(urls, 31337, (event) => events.push(event))
    nodes.push(node)
    return node
  }

  const headBy = async (node: Endpoints) => Number((await node.send('eth_getBlockByNumber', ['latest', false])).number)
  const kinds = () => events.map(({ kind }) => kind)

  for (const [what, answer] of [
    ['is over its limit', { status: 429, headers: { 'retry-after': '9' }, body: '' }],
    ['fails', { status: 502, body: 'bad gateway' }],
    ['gives half an answer', { body: '[{"jsonrpc":"2.0","id":1,"resu' }],
    [
      'says in an answer that the limit of calls is reached',
      { body: '{"id":1,"error":{"message":"rate limit exceeded"}}' },
    ],
  ] as const) {
    it(`asks the next when one ${what}, and does not come back at once`, async () => {
      let asked = 0
      const bad = await startServer(() => {
        asked += 1
        return answer
      })
      const node = connect(bad, await healthy(7))
      expect(await headBy(node)).to.equal(7)
      expect(await headBy(node)).to.equal(7)
      expect(asked).to.equal(1)
      expect(kinds()).to.deep.equal(['failed', 'in-use'])
      expect(node.health.map(({ failures }) => failures)).to.deep.equal([1, 0])
    })
  }

  it('leaves an endpoint alone for as long as it asks for', async () => {
    const limited = await startServer(() => ({ status: 429, headers: { 'retry-after': '9' }, body: '' }))
    const node = connect(limited, await healthy(7))
    const before = performance.now()
    await headBy(node)
    expect(node.health[0]?.pausedUntil).to.be.at.least(before + 9000)
  })

  it('throws what the last said when none answers', async () => {
    const node = connect('http://127.0.0.1:1', await startServer(() => ({ status: 503, body: '' })))
    const error: unknown = await headBy(node).catch((cause: unknown) => cause)
    expect(String(error)).to.contain('answered with 503')
  })

  it('asks one last that lags behind', async () => {
    const node = connect(await healthy(90), await healthy(100))
    expect(await headBy(node)).to.equal(90)
    await node.review()
    expect(kinds()).to.include('lags')
    expect(await headBy(node)).to.equal(100)
  })

  it('notices one that names a head which it does not hold', async () => {
    const liar = await startServer((calls) => {
      const answers = calls.map(({ id, params: [tag] }) => ({
        id,
        jsonrpc: '2.0',
        result: tag === 'latest' ? { number: '0xffff', hash: hashOf('0xffff') } : null,
      }))
      return { body: JSON.stringify(answers[0]) }
    })
    const node = connect(liar, await healthy(100))
    await node.review()
    expect(kinds()).to.deep.equal(['lies'])
    expect(await headBy(node)).to.equal(100)
  })
})
