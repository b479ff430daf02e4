import type { Context } from 'mocha'
import type { Confinement, Limits } from '../../../agent/runners/local/confinement/confinement.ts'
import { type ConfinementWishes, probeConfinement } from '../../../agent/runners/local/confinement/probe.ts'

export const TEST_LIMITS: Limits = { processes: 64, openFiles: 256, diskBytes: 32 * 1_048_576 }

/** What an operator may ask for, with limits that a test reaches soon. */
export function wishes(overrides: Partial<ConfinementWishes> = {}): ConfinementWishes {
  return {
    sandbox: 'auto',
    network: 'none',
    readable: [],
    user: { uid: 65_534, gid: 65_534 },
    limits: TEST_LIMITS,
    ...overrides,
  }
}

/** The strictest confinement of this host. A test that needs a sandbox is skipped where there is none, and says what to install. */
export function confined(test: Context, overrides: Partial<ConfinementWishes> = {}): Confinement {
  const { confinement, noSandbox } = probeConfinement(wishes(overrides), 'deepsquare-test')
  if (confinement.sandbox !== undefined) return confinement
  if (test.test !== undefined) test.test.title += ` (skipped: ${noSandbox})`
  return test.skip()
}
