import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nearestWord } from '../../workflow/nearestWord.ts'

describe('nearestWord', () => {
  const words = ['tasks', 'cpusPerTask', 'memPerCpu', 'gpus']
  const meant: readonly (readonly [string, string])[] = [
    ['task', 'tasks'],
    ['takss', 'tasks'],
    ['cpuPerTask', 'cpusPerTask'],
    ['CPUSPERTASK', 'cpusPerTask'],
    ['memPerCPUs', 'memPerCpu'],
    ['gpu', 'gpus'],
  ]
  for (const [typo, word] of meant) {
    it(`takes ${typo} for ${word}`, () => expect(nearestWord(typo, words)).to.equal(word))
  }
  for (const stranger of ['', 'x', 'container', 'memory per cpu of all tasks']) {
    it(`takes ${JSON.stringify(stranger)} for none of the words`, () => {
      expect(nearestWord(stranger, words)).to.equal(undefined)
    })
  }
  it('takes the first of two words that are equally near', () => {
    expect(nearestWord('bat', ['cat', 'hat'])).to.equal('cat')
  })
})
