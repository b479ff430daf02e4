import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { watchNewHeads } from '../../../oracle/chain/newHeads.ts'
import { TestGrid } from '../support/testGrid.ts'

describe('watchNewHeads', () => {
  let grid: TestGrid

  before(async function () {
    this.timeout(60_000)
    grid = await TestGrid.start()
  })

  after(() => grid?.stop())

  it('tells of a block as soon as the node has it', async () => {
    const stop = new AbortController()
    let heads = 0
    await new Promise<void>((resolve) => {
      const onHead = () => {
        heads += 1
        // The first message is the answer to the subscription: from then on blocks are told of.
        if (heads === 1) void grid.mine()
        else resolve()
      }
      watchNewHeads(grid.node.url.replace('http', 'ws'), onHead, stop.signal)
    })
    expect(heads).to.equal(2)
    stop.abort()
  })

  it('opens a socket again that broke', async () => {
    const stop = new AbortController()
    const server = createServer()
    let upgrades = 0
    server.on('upgrade', (_request, socket) => {
      upgrades += 1
      socket.destroy()
      if (upgrades === 2) server.emit('twice')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const twice = once(server, 'twice')
    watchNewHeads(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, () => {}, stop.signal)
    await twice
    stop.abort()
    server.close()
    expect(upgrades).to.equal(2)
  })
})
