import { expect } from 'chai'
import { id } from 'ethers'
import { after, before, beforeEach, describe, it } from 'mocha'
import { Gateway } from '../../oracle/gateway.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import { startGateway } from './support/testGrid.ts'

describe('Gateway', () => {
  const [held, missing] = [id('held') as Hex, id('missing') as Hex]
  let server: Awaited<ReturnType<typeof startGateway>>
  let gateway: Gateway

  before(async () => {
    server = await startGateway()
    server.held.add(held)
  })

  after(() => server.stop())

  beforeEach(() => {
    server.silence = false
    gateway = new Gateway(`${server.url}/`)
  })

  it('tells which definitions are held', async () => {
    const holdings = await gateway.holdings([held, missing, held])
    expect([...holdings.held]).to.deep.equal([held])
    expect([...holdings.unanswered]).to.deep.equal([])
  })

  it('takes an answer that does not come for none', async () => {
    server.silence = true
    const holdings = await gateway.holdings([held, missing])
    expect([...holdings.held]).to.deep.equal([])
    expect([...holdings.unanswered]).to.have.members([held, missing])
    const nowhere = await new Gateway('http://127.0.0.1:1').holdings([held])
    expect([...nowhere.unanswered]).to.deep.equal([held])
  })

  it('remembers what was held while it is wanted', async () => {
    await gateway.holdings([held])
    server.silence = true
    expect((await gateway.holdings([held])).held.has(held)).to.equal(true)
    await gateway.holdings([])
    expect((await gateway.holdings([held])).unanswered.has(held)).to.equal(true)
  })
})
