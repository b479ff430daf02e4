import { expect } from 'chai'
import { describe, it } from 'mocha'
import { isFinal, isLive, JOB_STATUSES, statusFromNumber, statusNumber } from '../../../sdk/domain/status.ts'

describe('JOB_STATUSES', () => {
  it('has the states in the order of the chain’s numbers', () => {
    expect(JOB_STATUSES.join(' ')).to.equal(
      'NONE PENDING META_SCHEDULED SCHEDULED RUNNING FINISHED FAILED OUT_OF_CREDITS CANCELLED PANICKED',
    )
  })

  for (const [number, status] of JOB_STATUSES.entries()) {
    it(`takes ${status} for ${number} and back`, () => {
      expect(statusNumber(status)).to.equal(number)
      expect(statusFromNumber(number)).to.equal(status)
      expect(statusFromNumber(BigInt(number))).to.equal(status)
    })
  }

  for (const number of [-1, 10, 255, 1.5, 256n]) {
    it(`has no state with the number ${number}`, () => {
      expect(() => statusFromNumber(number)).to.throw(RangeError, `no job status has the number ${number}`)
    })
  }

  it('is live from PENDING to RUNNING and final from FINISHED on; NONE is neither', () => {
    expect(JOB_STATUSES.filter(isLive)).to.deep.equal(['PENDING', 'META_SCHEDULED', 'SCHEDULED', 'RUNNING'])
    expect(JOB_STATUSES.filter(isFinal)).to.deep.equal([
      'FINISHED',
      'FAILED',
      'OUT_OF_CREDITS',
      'CANCELLED',
      'PANICKED',
    ])
  })
})
