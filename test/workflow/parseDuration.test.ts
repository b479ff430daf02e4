import { expect } from 'chai'
import { describe, it } from 'mocha'
import { parseDuration } from '../../workflow/parseDuration.ts'

describe('parseDuration', () => {
  const meanings: readonly (readonly [string, number])[] = [
    ['90', 90],
    ['90s', 90],
    ['10m', 600],
    ['2h', 7_200],
    ['1h30m', 5_400],
    ['1d12h', 129_600],
    [' 5m ', 300],
    ['0', 0],
  ]
  for (const [text, seconds] of meanings) {
    it(`reads ${JSON.stringify(text)} as ${seconds} seconds`, () => expect(parseDuration(text)).to.equal(seconds))
  }
  for (const text of ['', ' ', 'm', '10x', '-5m', '1.5h', '30m1h', '1:30', '10 m', '1e3', '٣m', '9999999999s']) {
    it(`finds no time in ${JSON.stringify(text)}`, () => expect(parseDuration(text)).to.equal(undefined))
  }
})
