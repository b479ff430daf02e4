import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(import.meta.url)
const root = join(import.meta.dirname, '../..')

/** The engines of solc's model checker: `bmc` is strong on bits, `chc` on integer arithmetic. */
export type Engine = 'bmc' | 'chc'

/** The assertions of one contract by what became of them; each is the source text of its line. */
export interface Proof {
  readonly proved: readonly string[]
  readonly refuted: readonly string[]
  readonly open: readonly string[]
}

interface Message {
  readonly message: string
  readonly severity: string
  readonly formattedMessage: string
}

export function hasSolver(): boolean {
  return spawnSync('z3', ['--version']).status === 0
}

/** Has solc and z3 prove the assertions of a contract below `test/smt/`. Sources in `instead` are read in place of the repository's. */
export function prove(
  file: string,
  contract: string,
  engine: Engine,
  instead: Readonly<Record<string, string>> = {},
): Proof {
  const solc = require('solc') as { compile(input: string, callbacks: object): string }
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: readFileSync(join(root, file), 'utf8') } },
    settings: {
      evmVersion: 'osaka',
      outputSelection: { '*': { '*': ['abi'] } },
      modelChecker: {
        contracts: { [file]: [contract] },
        engine,
        solvers: ['smtlib2'],
        targets: ['assert'],
        showUnproved: true,
        showProvedSafe: true,
      },
    },
  }
  const contents = (path: string) => ({ contents: instead[path] ?? readFileSync(join(root, path), 'utf8') })
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: contents, smtSolver })) as {
    errors: readonly Message[]
  }
  return proofIn(output.errors)
}

function proofIn(messages: readonly Message[]): Proof {
  const error = messages.find(({ severity }) => severity === 'error')
  if (error !== undefined) throw new Error(error.formattedMessage)
  const linesOf = (told: string) =>
    messages
      .filter(({ message }) => message.includes(told))
      .map(({ formattedMessage }) => /assert\(.*;/.exec(formattedMessage)?.[0] ?? formattedMessage)
  return {
    proved: linesOf('Assertion violation check is safe'),
    refuted: linesOf('Assertion violation happens here'),
    open: linesOf('Assertion violation might happen here'),
  }
}

function smtSolver(query: string): { contents: string } {
  return { contents: spawnSync('z3', ['-in', '-smt2'], { input: query, encoding: 'utf8' }).stdout }
}
