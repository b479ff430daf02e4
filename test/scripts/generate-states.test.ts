import { expect } from 'chai'
import { describe, it } from 'mocha'
import { statesPage, statesTable, withStatesTable } from '../../scripts/generate-states.ts'
import { JOB_STATUSES } from '../../sdk/domain/status.ts'
import { TRANSITIONS } from '../../sdk/domain/transitions.ts'

describe('statesTable', () => {
  it('has a row for each state that a job can be in', () => {
    const rows = statesTable().split('\n').slice(2)
    expect(rows.map((row) => row.split(' | ')[0])).to.deep.equal(JOB_STATUSES.slice(1).map((status) => `| ${status}`))
  })
})

describe('statesPage', () => {
  it('draws an arrow and writes a row for each transition', () => {
    const page = statesPage(TRANSITIONS)
    for (const { from, to, by } of TRANSITIONS) {
      expect(page).to.include(`    ${from === 'NONE' ? '[*]' : from} --> ${to}\n`)
      expect(page).to.include(`| ${from} | ${to} | ${by} |`)
    }
  })

  it('keeps a bar in a cell from ending it', () => {
    const page = statesPage([{ from: 'NONE', to: 'PENDING', by: 'a|b', condition: 'none', money: 'none' }])
    expect(page).to.include('| a\\|b |')
  })
})

describe('withStatesTable', () => {
  const [begin, end] = ['<!-- states: written by `npm run generate` -->', '<!-- /states -->']

  it('replaces what stands between the marks', () => {
    expect(withStatesTable(`a ${begin} old ${end} b`)).to.equal(`a ${begin}\n${statesTable()}\n${end} b`)
  })

  it('refuses a README without its marks', () => {
    expect(() => withStatesTable('nothing')).to.throw('README.md has lost its marks')
  })
})
