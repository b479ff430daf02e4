import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { attemptAndFlags, executionName } from '../../../sdk/domain/job.ts'

describe('attemptAndFlags', () => {
  const none = { attempt: 0, cancelRequested: false, assignedByCustomer: false, panicAnnounced: false }

  it('reads attempts from the low five bits', () => {
    expect(attemptAndFlags(0)).to.deep.equal(none)
    expect(attemptAndFlags(1)).to.deep.equal({ ...none, attempt: 1 })
    expect(attemptAndFlags(31)).to.deep.equal({ ...none, attempt: 31 })
  })

  it('reads each flag from its own bit', () => {
    expect(attemptAndFlags(0x20)).to.deep.equal({ ...none, panicAnnounced: true })
    expect(attemptAndFlags(0x40)).to.deep.equal({ ...none, assignedByCustomer: true })
    expect(attemptAndFlags(0x80)).to.deep.equal({ ...none, cancelRequested: true })
  })

  it('loses nothing of the byte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (byte) => {
        const { attempt, panicAnnounced, assignedByCustomer, cancelRequested } = attemptAndFlags(byte)
        const flags = (panicAnnounced ? 0x20 : 0) + (assignedByCustomer ? 0x40 : 0) + (cancelRequested ? 0x80 : 0)
        expect(attempt + flags).to.equal(byte)
      }),
    )
  })
})

describe('executionName', () => {
  it('is the id of the job and the attempt', () => expect(executionName('0xab', 2)).to.equal('0xab-2'))
})
