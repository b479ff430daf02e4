import { expect } from 'chai'
import { describe, it } from 'mocha'
import { batchRecord } from '../../../../agent/runners/slurm/batchRecord.ts'

const whole = 'token abc\nreason exited\nseconds 42\ncode 7\n'

describe('batchRecord', () => {
  it('reads a whole record with the right token', () => {
    expect(batchRecord(whole, 'abc')).to.deep.equal({ reason: 'exited', secondsUsed: 42, exitCode: 7 })
  })

  for (const [what, text] of Object.entries({
    'is empty': '',
    'has another token': whole.replace('abc', 'abd'),
    'breaks off': whole.slice(0, -3),
    'goes on': `${whole}seconds 0\n`,
    'has a reason that no batch script gives': whole.replace('exited', 'lost'),
    'has no number of seconds': whole.replace('42', '-1'),
  })) {
    it(`knows nothing from one that ${what}`, () => {
      expect(batchRecord(text, 'abc')).to.equal(undefined)
    })
  }
})
