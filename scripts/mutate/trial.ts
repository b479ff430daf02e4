import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { affectedBy } from './affected.ts'
import { applied, type Mutant, mutantsOf } from './mutant.ts'
import { type Compiled, compile, DoesNotCompile, parse, readSources } from './solidity.ts'
import type { Suite } from './suite.ts'

/** What became of a mutant. One that does not compile, or compiles to the same program, is none. */
export type Verdict =
  | { readonly fate: 'killed'; readonly by: string }
  | { readonly fate: 'survived' }
  | { readonly fate: 'stillborn' }
  | { readonly fate: 'same-program' }

/** A test that fails on the contracts as they are says nothing about mutants. */
export class TestsFail extends Error {
  override readonly name = 'TestsFail'
  readonly code = 'TESTS_FAIL'
  constructor(test: string) {
    super(`TESTS_FAIL: “${test}” fails without any mutant: mend it first.`)
  }
}

/** The contracts under trial and the tests that try them. */
export interface Trial {
  readonly mutants: readonly Mutant[]
  /** @throws TestsFail where the test that noticed a mutant fails without it too. */
  judge(mutant: Mutant): Promise<Verdict>
}

/** Interfaces and types have no behaviour, mocks and harnesses none that is deployed. */
const SUBJECT = /^project\/contracts\/(?!interfaces\/|types\/)/

/** Compiles the contracts as they are, and loads the tests against them. */
export async function prepareTrial(): Promise<Trial> {
  const sources = readSources('contracts', 'test/contracts/harness')
  const asts = parse(sources)
  const affected = affectedBy(asts)
  const harnesses = harnessesIn(Object.keys(sources))
  const wanted = Object.keys(sources).filter((name) => SUBJECT.test(name) || harnesses.includes(name))
  const original = compile(sources, wanted)
  const deployed = new Map<string, Compiled>(original)
  const { swapBytecode } = await import('./swapBytecode.ts')
  swapBytecode(deployed)
  const { loadSuite } = await import('./suite.ts')
  const suite: Suite = await loadSuite()
  const put = (contracts: ReadonlyMap<string, Compiled>) => {
    for (const [name, contract] of [...original, ...contracts]) deployed.set(name, contract)
  }
  return {
    mutants: Object.keys(sources)
      .filter((name) => SUBJECT.test(name))
      .flatMap((name) => mutantsOf(name, sources[name] ?? '', asts[name] as never)),
    async judge(mutant) {
      const concerned = (affected.get(mutant.source) ?? []).filter((name) => wanted.includes(name))
      const contracts = compiled(() => compile(applied(mutant, sources), concerned))
      if (contracts === undefined) return { fate: 'stillborn' }
      const isSame = [...contracts].every(([name, { bytecode }]) => original.get(name)?.bytecode === bytecode)
      if (isSame) return { fate: 'same-program' }
      put(contracts)
      const by = await suite.run(mutant.source)
      put(original)
      if (by !== undefined && !(await suite.passes(by))) throw new TestsFail(by)
      return by === undefined ? { fate: 'survived' } : { fate: 'killed', by }
    },
  }
}

function compiled(act: () => ReadonlyMap<string, Compiled>): ReadonlyMap<string, Compiled> | undefined {
  try {
    return act()
  } catch (error) {
    if (error instanceof DoesNotCompile) return undefined
    throw error
  }
}

/** The sources of contracts that tests deploy by name. */
function harnessesIn(names: readonly string[]): readonly string[] {
  const folder = join(import.meta.dirname, '../../test/contracts')
  const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const text = tests.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
  const used = new Set([...text.matchAll(/deployContract\('(\w+)'/g)].map(([, name]) => name))
  return names.filter((name) => used.has(name.split('/').at(-1)?.replace('.sol', '')))
}
