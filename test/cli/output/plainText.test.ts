import { expect } from 'chai'
import { describe, it } from 'mocha'
import { plainLog, plainText } from '../../../cli/output/plainText.ts'

describe('plainText', () => {
  it('takes away what acts on a terminal, and what turns the direction of text', () => {
    expect(plainText('a\x1b]0;title\x07b')).to.equal('ab')
    expect(plainText('a\nb\u202ec')).to.equal('a\u{FFFD}b\u{FFFD}c')
  })
})

describe('plainLog', () => {
  it('keeps lines and tabs', () => {
    expect(plainLog('a\tb\r\nc\n')).to.equal('a\tb\nc\n')
  })

  it('lets nothing erase what stands above', () => {
    expect(plainLog('50%\x1b[1A\x1b[2K\rdone\n')).to.equal('50%\u{FFFD}done\n')
  })
})
