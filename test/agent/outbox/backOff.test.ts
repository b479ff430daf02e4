import { expect } from 'chai'
import { describe, it } from 'mocha'
import { BackOff } from '../../../agent/outbox/backOff.ts'

describe('backOff', () => {
  it('tries at once, then after twice the time each, up to the longest', () => {
    const backOff = new BackOff(2, 10)
    const waits: number[] = []
    let now = 100
    for (let tries = 0; tries < 5; tries += 1) {
      const from = now
      while (!backOff.isDue('a', now)) now += 1
      waits.push(now - from)
      backOff.count('a', now)
    }
    expect(waits).to.deep.equal([0, 2, 4, 8, 10])
  })

  it('counts each key by itself', () => {
    const backOff = new BackOff(2, 10)
    backOff.count('a', 100)
    expect(backOff.isDue('a', 101)).to.equal(false)
    expect(backOff.isDue('b', 101)).to.equal(true)
  })

  it('starts anew for a key that it was told to forget', () => {
    const backOff = new BackOff(2, 10)
    backOff.count('a', 100)
    backOff.keepOnly(new Set())
    expect(backOff.isDue('a', 100)).to.equal(true)
  })
})
