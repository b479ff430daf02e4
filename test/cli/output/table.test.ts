import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import stringWidth from 'string-width'
import { cut, table } from '../../../cli/output/table.ts'

const COLUMNS = [
  { title: 'NAME', text: ([name]: readonly [string, string]) => name, canShrink: true },
  { title: 'COST', text: ([, cost]: readonly [string, string]) => cost, isNumber: true },
]

describe('table', () => {
  it('aligns texts to the left and numbers to the right', () => {
    const lines = table(
      [
        ['alpine', '1'],
        ['lakeside', '12.5'],
      ],
      COLUMNS,
      80,
    )
    expect(lines).to.deep.equal(['NAME      COST', 'alpine       1', 'lakeside  12.5'])
  })

  it('cuts what may shrink, and nothing else, where the terminal is narrow', () => {
    const lines = table([['a very long name indeed', '12.5']], COLUMNS, 16)
    expect(lines).to.deep.equal(['NAME        COST', 'a very lo…  12.5'])
  })

  it('fits every width from 30 columns on, whatever people call things', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 60 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.constantFrom('1', '12.5')), { maxLength: 5 }),
        fc.integer({ min: 30, max: 120 }),
        (rows, width) => {
          for (const line of table(rows, COLUMNS, width)) expect(stringWidth(line)).to.be.at.most(width)
        },
      ),
    )
  })

  it('shows nothing of a name that would act on the terminal', () => {
    const [, line = ''] = table([['evil\x1b[2Jname\x07\r\n', '1']], COLUMNS, 80)
    expect(line).not.to.match(/\p{Cc}/u)
    expect(line).to.contain('evilname')
  })
})

describe('cut', () => {
  it('counts wide characters as two columns and never halves one', () => {
    expect(cut('日本語', 6)).to.equal('日本語')
    expect(cut('日本語', 5)).to.equal('日本…')
    expect(cut('日本語', 4)).to.equal('日…')
  })
})
