import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Interface } from 'ethers'
import { describe, it } from 'mocha'
import { Jobs__factory, Providers__factory } from '../../typechain-types/index.ts'

/** Errors that the contracts inherit and that their libraries test. */
const INHERITED =
  /^(AccessManagedInvalidAuthority|AccessManagedRequiredDelay|ReentrancyGuardReentrantCall|SafeERC20|SafeCast|ECDSA|InvalidShortString|StringTooLong)/

const folder = import.meta.dirname
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && !name.endsWith('errors.test.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n')

const errorsOf = (abi: Interface): string[] => {
  const names: string[] = []
  abi.forEachError(({ name }) => {
    if (!INHERITED.test(name)) names.push(name)
  })
  return names
}

for (const [contract, abi] of [
  ['Jobs', Jobs__factory.createInterface()],
  ['Providers', Providers__factory.createInterface()],
] as const) {
  describe(`the errors of ${contract}`, () => {
    for (const name of errorsOf(abi)) {
      it(`${name} is reached by a test`, () => {
        expect(sources.includes(`'${name}'`), `no test names ${name}`).to.equal(true)
      })
    }
  })
}
