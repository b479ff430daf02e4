import { expect } from 'chai'
import { describe, it } from 'mocha'
import { creditsFrom, creditsText } from '../../../cli/output/amounts.ts'

const CREDIT = 10n ** 18n

describe('creditsText', () => {
  it('shows six decimals at most, rounded down, and never shows something as nothing', () => {
    expect(creditsText(12n * CREDIT)).to.equal('12')
    expect(creditsText(CREDIT / 2n)).to.equal('0.5')
    expect(creditsText(1_999_999_999_999_999_999n)).to.equal('1.999999')
    expect(creditsText(1n)).to.equal('<0.000001')
    expect(creditsText(0n)).to.equal('0')
  })
})

describe('creditsFrom', () => {
  it('reads decimal credits exactly', () => {
    expect(creditsFrom('12.5')).to.equal(12_500_000_000_000_000_000n)
    expect(creditsFrom('0.000000000000000001')).to.equal(1n)
  })

  for (const text of ['', '0', '-1', '1e3', '1,5', '0x10', '1.0000000000000000001', '79228162515']) {
    it(`refuses "${text}"`, () => {
      expect(() => creditsFrom(text)).to.throw('is not an amount of credits')
    })
  }
})
