import { expect } from 'chai'
import { describe, it } from 'mocha'
import { affectedBy } from '../../../scripts/mutate/affected.ts'
import { applied, mutantsOf } from '../../../scripts/mutate/mutant.ts'
import { readResults, summaryOf } from '../../../scripts/mutate/results.ts'
import { compile, DoesNotCompile, parse, type Sources } from '../../../scripts/mutate/solidity.ts'

const HEAD = '// SPDX-License-Identifier: Apache-2.0\npragma solidity ^0.8.37;\n'
const SUM = `${HEAD}library Sum {
    /* naïve < comment */ function least(uint256 a, uint256 b) internal pure returns (uint256) {
        if (a < b) return a;
        return b + 0;
    }
}`
const LINKED = `${HEAD}library Linked { function one() external pure returns (uint256) { return 1; } }`
const USER = `${HEAD}import {Sum} from "./Sum.sol"; import {Linked} from "./Linked.sol";
contract User {
    function ask(uint256 a, uint256 b) external pure returns (uint256) { return Sum.least(a, b) + Linked.one(); }
}`
const sources: Sources = { 'project/Sum.sol': SUM, 'project/Linked.sol': LINKED, 'project/User.sol': USER }

const changesOf = (name: string, texts: Sources = sources) =>
  mutantsOf(name, texts[name] ?? '', parse(texts)[name] as never).map((mutant) => ({
    ...mutant,
    change: `${mutant.before} ⇒ ${mutant.after}`,
  }))

describe('the mutants of a source', () => {
  it('are its operators, conditions, statements, arguments and numbers, changed one at a time', () => {
    const changes = [...changesOf('project/Sum.sol'), ...changesOf('project/User.sol')]
    expect(changes.map(({ operator, change }) => `${operator}: ${change}`)).to.deep.equal([
      'condition: if (a < b) return a ⇒ if (true) return a',
      'condition: if (a < b) return a ⇒ if (false) return a',
      'operator: if (a < b) return a ⇒ if (a <= b) return a',
      'operator: if (a < b) return a ⇒ if (a >= b) return a',
      'deletion: return a; ⇒ {}',
      'deletion: return b + 0; ⇒ {}',
      'operator: return b + 0 ⇒ return b - 0',
      'off-by-one: return b + 0 ⇒ return b + 1',
      'deletion: return Sum.least(a, b) + Linked.one(); ⇒ {}',
      'operator: return Sum.least(a, b) + Linked.one() ⇒ return Sum.least(a, b) - Linked.one()',
      'arguments: return Sum.least(a, b) + Linked.one() ⇒ return Sum.least(b, a) + Linked.one()',
    ])
  })

  it('keep their keys when lines move', () => {
    const moved = { ...sources, 'project/Sum.sol': SUM.replace('library', '// one line more\n\nlibrary') }
    const keys = (texts: Sources) => changesOf('project/Sum.sol', texts).map(({ key }) => key)
    expect(keys(moved)).to.deep.equal(keys(sources))
    expect(new Set(keys(sources)).size).to.equal(8)
  })

  it('change what is compiled', () => {
    const original = compile(sources, ['project/User.sol']).get('User')?.bytecode
    for (const mutant of changesOf('project/Sum.sol').filter(({ after }) => !after.includes('b - 0'))) {
      const bytecode = compile(applied(mutant, sources), ['project/User.sol']).get('User')?.bytecode
      expect(bytecode, mutant.change).to.be.a('string').and.not.equal(original)
    }
  })

  it('that solc refuses are told apart from errors', () => {
    const broken = { 'project/Sum.sol': SUM.replace('return b + 0', 'return c') }
    expect(() => compile(broken, ['project/Sum.sol'])).to.throw(DoesNotCompile, 'Undeclared identifier')
  })
})

describe('what a change affects', () => {
  it('is whatever copies the code, and of a linked library only itself', () => {
    const affected = affectedBy(parse(sources))
    expect(affected.get('project/Sum.sol')).to.deep.equal(['project/Sum.sol', 'project/User.sol'])
    expect(affected.get('project/Linked.sol')).to.deep.equal(['project/Linked.sol'])
  })
})

describe('the summary of a run', () => {
  const result = (fate: 'killed' | 'survived' | 'equivalent' | 'stillborn' | 'same-program') => ({
    ...{ key: 'k', source: 's', place: 'p', operator: 'o', before: 'b', after: 'a' },
    fate,
  })

  it('counts only what is a mutant', () => {
    const fates = ['killed', 'killed', 'survived', 'equivalent', 'stillborn', 'same-program'] as const
    const { killedPermille, survivors, equivalent } = summaryOf(fates.map(result))
    expect({ killedPermille, survivors, equivalent }).to.deep.equal({
      killedPermille: 666,
      survivors: [result('survived')],
      equivalent: 2,
    })
  })

  it('starts from nothing where there is no earlier run', () => {
    expect(readResults(undefined).size).to.equal(0)
    expect(readResults('/nonexistent/results.jsonl').size).to.equal(0)
  })
})
