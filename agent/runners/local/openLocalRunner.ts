import { createHash } from 'node:crypto'
import { availableParallelism, totalmem } from 'node:os'
import type { Logger } from 'pino'
import { SettingInvalid, SingleTenantNotConfirmed } from '../../errors.ts'
import type { RunnerSettings } from '../../settings.ts'
import { jobUser } from './confinement/jobUser.ts'
import { type ConfinementWishes, probeConfinement } from './confinement/probe.ts'
import { LocalRunner } from './localRunner.ts'

const MEGABYTE = 1_048_576
const GRACE_SECONDS = 5

/**
 * The local runner with everything of the settings that this host can enforce; what it cannot is logged by name. Throws
 * SingleTenantNotConfirmed where jobs would see what the agent sees and nobody said that they may.
 */
export function openLocalRunner(settings: RunnerSettings, directory: string, path: string, log: Logger): LocalRunner {
  const { confinement, gaps, noSandbox } = probeConfinement(wishesOf(settings), groupOf(directory))
  if (noSandbox !== undefined && settings.SANDBOX === 'bubblewrap')
    throw new SettingInvalid('SANDBOX', `is not possible: ${noSandbox}`)
  if (noSandbox !== undefined && settings.SINGLE_TENANT !== 'yes') throw new SingleTenantNotConfirmed(noSandbox)
  for (const gap of gaps) log.warn({ gap }, 'this host does not enforce everything on jobs')
  return new LocalRunner({
    directory,
    node: process.execPath,
    path,
    outputLimitBytes: settings.OUTPUT_LIMIT,
    graceSeconds: GRACE_SECONDS,
    confinement,
    capacity: {
      cpus: settings.CPUS ?? availableParallelism(),
      mem: settings.MEM ?? Math.floor(totalmem() / MEGABYTE),
      gpus: settings.GPUS,
    },
  })
}

function wishesOf(settings: RunnerSettings): ConfinementWishes {
  const { SANDBOX, JOB_NETWORK, JOB_READABLE, JOB_USER, JOB_PROCESSES, JOB_FILES, JOB_DISK } = settings
  const user = jobUser(JOB_USER)
  if (user === undefined) throw new SettingInvalid('JOB_USER', `is “${JOB_USER}”, who is no user of this machine`)
  if (user.uid === 0) throw new SettingInvalid('JOB_USER', 'is root, who may do everything')
  return {
    sandbox: SANDBOX,
    network: JOB_NETWORK,
    readable: JOB_READABLE,
    user,
    limits: { processes: JOB_PROCESSES, openFiles: JOB_FILES, diskBytes: JOB_DISK * MEGABYTE },
  }
}

/** Two agents on one machine must not share control groups. */
function groupOf(directory: string): string {
  return `deepsquare-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}`
}
