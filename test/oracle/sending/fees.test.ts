import { expect } from 'chai'
import { describe, it } from 'mocha'
import { feesFor, feesToReplace } from '../../../oracle/sending/fees.ts'

describe('fees', () => {
  it('pay for a base fee twice as high, and a tip', () => {
    expect(feesFor(1000n, 7n)).to.deep.equal({ maxFee: 2007n, maxTip: 7n })
  })

  it('tip at least one wei, so that a replacement can tip more', () => {
    expect(feesFor(1000n, 0n)).to.deep.equal({ maxFee: 2001n, maxTip: 1n })
  })

  it('of a replacement are an eighth higher, rounded up, or what the chain asks for where that is more', () => {
    const former = { maxFee: 1001n, maxTip: 1n }
    expect(feesToReplace(former, { maxFee: 900n, maxTip: 1n })).to.deep.equal({ maxFee: 1127n, maxTip: 2n })
    expect(feesToReplace(former, { maxFee: 5000n, maxTip: 9n })).to.deep.equal({ maxFee: 5000n, maxTip: 9n })
  })
})
