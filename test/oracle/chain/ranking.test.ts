import { expect } from 'chai'
import { describe, it } from 'mocha'
import { answered, type EndpointHealth, failed, newEndpoint, ranked } from '../../../oracle/chain/ranking.ts'

describe('ranked', () => {
  const [one, two, three] = ['one', 'two', 'three'].map(newEndpoint) as [EndpointHealth, EndpointHealth, EndpointHealth]
  const order = (all: readonly EndpointHealth[], current?: string, now = 0) =>
    ranked(all, current, now).map(({ url }) => url)

  it('keeps the order of the settings while nothing is known', () => {
    expect(order([one, two, three])).to.deep.equal(['one', 'two', 'three'])
  })

  it('stays with the endpoint in use', () => {
    expect(order([one, two, three], 'two')).to.deep.equal(['two', 'one', 'three'])
  })

  it('asks one that failed last, until its pause is over', () => {
    const broken = failed(one, 1000)
    expect(order([broken, two, three], 'one', 1100)).to.deep.equal(['two', 'three', 'one'])
    expect(order([broken, two, three], 'one', 1300)).to.deep.equal(['one', 'two', 'three'])
  })

  it('doubles the pause with each failure up to half a minute, and heeds what the endpoint asks for', () => {
    expect(failed(failed(failed(one, 0), 0), 0).pausedUntil).to.equal(1000)
    expect(failed(one, 0, 7000).pausedUntil).to.equal(7000)
    let worse = one
    for (let times = 0; times < 40; times += 1) worse = failed(worse, 0)
    expect(worse.pausedUntil).to.equal(30_000)
    expect(answered(worse, 5)).to.include({ failures: 0, pausedUntil: 0 })
  })

  it('asks one that lags behind the others last', () => {
    const heads = [
      { ...one, head: 90 },
      { ...two, head: 100 },
      { ...three, head: 98 },
    ]
    expect(order(heads, 'one')).to.deep.equal(['two', 'three', 'one'])
  })

  it('leaves the endpoint in use for one that is clearly faster alone', () => {
    const slow = answered(one, 900)
    expect(order([slow, answered(two, 600)], 'one')).to.deep.equal(['one', 'two'])
    expect(order([slow, answered(two, 100)], 'one')).to.deep.equal(['two', 'one'])
  })
})
