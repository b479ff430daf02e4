import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { cliManual } from '../../cli/cliManual.ts'
import { COMMANDS, GROUPS } from '../../cli/commandTable.ts'
import { programOf } from '../../cli/program.ts'

describe('docs/cli.md', () => {
  it('is what the table of commands says', () => {
    expect(readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')).to.equal(cliManual())
  })

  it('shows examples that the program understands', () => {
    for (const { name, examples } of COMMANDS) {
      expect(examples, name).not.to.deep.equal([])
      for (const [line] of examples) {
        let chosen: string | undefined
        const program = programOf(COMMANDS, GROUPS, '0', ({ command }) => {
          chosen = command.name
        })
        program.exitOverride()
        program.parse(line.replace(/ (?:&&|>) .*/, '').split(' '), { from: 'user' })
        expect(chosen, line).to.equal(name)
      }
    }
  })
})
