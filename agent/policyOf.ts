import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from '../sdk/domain/job.ts'
import type { Policy } from './core/policy.ts'
import type { Settings } from './settings.ts'

/** The file in the state directory that makes the agent take no new jobs for as long as it is there. */
export const DRAIN_FILE = 'drain'

/** The operator's rules, to be asked for anew each time: whether the agent drains may change while it runs. */
export function policyOf(settings: Pick<Settings, 'MAX_TIME' | 'CUSTOMERS'>, directory: string): () => Policy {
  const longest = settings.MAX_TIME === undefined ? {} : { longestSeconds: settings.MAX_TIME }
  const known = settings.CUSTOMERS === undefined ? {} : { customers: new Set(settings.CUSTOMERS as Hex[]) }
  return () => ({ isDraining: existsSync(join(directory, DRAIN_FILE)), ...longest, ...known })
}
