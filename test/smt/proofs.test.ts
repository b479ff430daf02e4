import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { type Engine, hasSolver, prove } from './prove.ts'

const root = join(import.meta.dirname, '../..')

interface Case {
  readonly what: string
  readonly file: string
  readonly contract: string
  readonly engine: Engine
}

const CASES: readonly Case[] = [
  { what: 'no way out of a final state', file: 'TransitionsProof', contract: 'FinalStatesProof', engine: 'bmc' },
  { what: 'the order of the states', file: 'TransitionsProof', contract: 'TransitionsProof', engine: 'bmc' },
  { what: 'costs within the budget', file: 'SettlementProof', contract: 'SettlementProof', engine: 'chc' },
]

/** A library with one mistake in it: what is proved of the true one must be refuted of this one. */
const MISTAKES = [
  {
    what: 'a table that lets a finished job be cancelled',
    path: 'contracts/libraries/Transitions.sol',
    from: '((PENDING | CANCELLED) << (ROW * JobStatus.unwrap(Status.NONE)))',
    to: '((PENDING | CANCELLED) << (ROW * JobStatus.unwrap(Status.FINISHED)))',
    ...{ file: 'TransitionsProof', contract: 'FinalStatesProof', engine: 'bmc' as const },
    refuted: 'assert(!Transitions.allowed(Status.FINISHED, to));',
  },
  {
    what: 'a cost that takes the larger of two',
    path: 'contracts/libraries/Settlement.sol',
    from: 'cost < budget ?',
    to: 'cost > budget ?',
    ...{ file: 'SettlementProof', contract: 'SettlementProof', engine: 'chc' as const },
    refuted: 'assert(Settlement.costRoundedDown(rate, secondsUsed, budget) <= budget);',
  },
]

const isReady = hasSolver()

describe(`the model checker${isReady ? '' : ' (z3 is missing: apt-get install z3)'}`, function () {
  this.timeout(600_000)
  before(function () {
    if (!isReady) this.skip()
  })

  for (const { what, file, contract, engine } of CASES) {
    it(`proves ${what}`, () => {
      const asserted = readFileSync(join(root, 'test/smt', `${file}.sol`), 'utf8')
        .split('contract ')
        .find((part) => part.startsWith(contract))
        ?.match(/assert\(.*;/g)
      const { proved, refuted, open } = prove(`test/smt/${file}.sol`, contract, engine)
      expect({ proved, refuted, open }).to.deep.equal({ proved: asserted, refuted: [], open: [] })
    })
  }

  for (const { what, path, from, to, file, contract, engine, refuted } of MISTAKES) {
    it(`refutes ${what}`, () => {
      const source = readFileSync(join(root, path), 'utf8')
      expect(source).to.include(from)
      const proof = prove(`test/smt/${file}.sol`, contract, engine, { [path]: source.replace(from, to) })
      expect([...proof.refuted, ...proof.open]).to.include(refuted)
      expect(proof.proved).not.to.include(refuted)
    })
  }
})
