import { expect } from 'chai'
import { describe, it } from 'mocha'
import { sortedRuns } from '../../scripts/sort-typechain.ts'

describe('sortedRuns', () => {
  it('sorts each list by itself and leaves the lines between them', () => {
    const text = [
      'export b',
      '  export a',
      '',
      "  getContractAt(name: 'b')",
      "getContractAt(name: 'a')",
      '  getContractAt(name: string)',
      '}',
    ].join('\n')
    expect(sortedRuns(text)).to.equal(
      [
        'export a',
        'export b',
        '',
        "getContractAt(name: 'a')",
        "getContractAt(name: 'b')",
        '  getContractAt(name: string)',
        '}',
        '',
      ].join('\n'),
    )
  })

  it('changes nothing that is sorted', () => {
    const text = 'export a\nexport b\n\nrest\n'
    expect(sortedRuns(text)).to.equal(text)
  })
})
