import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { quoteForBash } from '../../workflow/quoteForBash.ts'
import { hostileText } from './hostileText.ts'

describe('quoteForBash', () => {
  it('makes one word that bash reads back as the same bytes, whatever the text', function () {
    this.timeout(60_000)
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 40 }), (texts) => {
        const script = `printf '%s\\0' ${texts.map(quoteForBash).join(' ')}`
        const printed = execFileSync('/bin/bash', ['-c', script]).toString()
        expect(printed).to.equal(texts.map((text) => `${text}\0`).join(''))
      }),
      { numRuns: 100 },
    )
  })

  it('shows control characters and marks of direction as escapes', () => {
    expect(quoteForBash('a\r\u001b[0m\u202e7')).to.equal("'a'$'\\015\\033''[0m'$'\\342\\200\\256''7'")
  })

  it('quotes an empty text', () => expect(quoteForBash('')).to.equal("''"))
})
