import { expect } from 'chai'
import { describe, it } from 'mocha'
import { differences } from '../../scripts/check-generated.ts'

describe('differences', () => {
  it('finds what was changed, made and removed', () => {
    const before = new Map([
      ['same', '1'],
      ['removed', '1'],
      ['changed', '1'],
    ])
    const after = new Map([
      ['same', '1'],
      ['changed', '2'],
      ['made', '1'],
    ])
    expect(differences(before, after)).to.deep.equal(['changed', 'made', 'removed'])
  })
})
