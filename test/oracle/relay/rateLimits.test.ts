import { expect } from 'chai'
import { describe, it } from 'mocha'
import { RateLimits } from '../../../oracle/relay/rateLimits.ts'

describe('RateLimits', () => {
  it('takes a burst of as many as fit a minute, and says when the next is taken', () => {
    const limits = new RateLimits(6)
    for (let times = 0; times < 6; times += 1) expect(limits.take('one', 0)).to.equal(0)
    expect(limits.take('one', 0)).to.equal(10)
    expect(limits.take('one', 9_999)).to.equal(1)
    expect(limits.take('one', 10_001)).to.equal(0)
    expect(limits.take('one', 10_001)).to.equal(10)
  })

  it('counts each account by itself', () => {
    const limits = new RateLimits(1)
    expect(limits.take('one', 0)).to.equal(0)
    expect(limits.take('two', 0)).to.equal(0)
    expect(limits.take('one', 0)).to.equal(60)
  })

  it('takes nothing back where the clock jumps back', () => {
    const limits = new RateLimits(1)
    limits.take('one', 1_000_000)
    expect(limits.take('one', 0)).to.equal(60)
    expect(limits.take('one', 60_000)).to.equal(0)
  })
})
