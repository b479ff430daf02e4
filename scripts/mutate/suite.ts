import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Mocha from 'mocha'
import { networkHelpers } from '../../test/contracts/support/chain.ts'

const folder = join(import.meta.dirname, '../../test/contracts')

/** The contract tests, loaded once and run as often as there are mutants. */
export interface Suite {
  /** Runs until the first failure and tells which test that was; undefined where all pass. */
  run(subject: string): Promise<string | undefined>
  /** Whether this one test passes, or has passed before. */
  passes(title: string): Promise<boolean>
}

const EVERY_TEST = /(?:)/

/** Loads the tests. Those that killed a subject before come first the next time that it is changed. */
export async function loadSuite(): Promise<Suite> {
  const mocha = new Mocha({ bail: true, timeout: 600_000, reporter: class {} as never })
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.test.ts') && !name.startsWith('errors')) mocha.addFile(join(folder, name))
  }
  await mocha.loadFilesAsync()
  mocha.cleanReferencesAfterRun(false)
  const start = await networkHelpers.takeSnapshot()
  const kills = new Map<string, number>()
  const weight = (subject: string, { title }: Mocha.Suite) =>
    1000 * (kills.get(`${subject} ${title}`) ?? 0) + (kills.get(title) ?? 0)
  const passing = new Set<string>()
  const runAfresh = async (tests: RegExp) => {
    mocha.grep(tests)
    await start.restore()
    networkHelpers.clearSnapshots()
    return firstFailure(mocha)
  }
  return {
    async passes(title) {
      if (!passing.has(title) && (await runAfresh(exactly(title))) === undefined) passing.add(title)
      return passing.has(title)
    },
    async run(subject) {
      mocha.suite.suites.sort((left, right) => weight(subject, right) - weight(subject, left))
      const failed = await runAfresh(EVERY_TEST)
      if (failed === undefined) return undefined
      for (const name of [failed.group, `${subject} ${failed.group}`]) kills.set(name, (kills.get(name) ?? 0) + 1)
      return failed.title
    },
  }
}

function firstFailure(mocha: Mocha): Promise<{ title: string; group: string } | undefined> {
  let failed: { title: string; group: string } | undefined
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve(failed))
    runner.on('fail', (failure) => {
      // A hook fails for the test that it prepares.
      const test = (failure.type as string) === 'hook' ? (failure.ctx?.currentTest ?? failure) : failure
      failed ??= { title: test.fullTitle(), group: test.titlePath()[0] ?? '' }
    })
  })
}

function exactly(title: string): RegExp {
  return new RegExp(`^${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
}
