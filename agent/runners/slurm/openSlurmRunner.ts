import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { SlurmUnusable } from '../../errors.ts'
import type { Settings } from '../../settings.ts'
import { type Site, site } from './site.ts'
import { queueOf, type Records, recordsOf } from './slurmQueries.ts'
import { SlurmRunner } from './slurmRunner.ts'

/** Longest path of a socket that ssh takes, less what it adds while it connects. */
const LONGEST_SOCKET_BYTES = 80
const CLOCK_TOLERANCE_SECONDS = 30
const NOBODY = `0x${'0'.repeat(64)}-0`

/** What a Slurm runner is opened with. */
export interface SlurmGround {
  /** Of this agent alone. */
  readonly directory: string
  /** Known to this agent alone; executions are recognised by it even when the directory is lost. */
  readonly secret: string
  readonly userId: number
  readonly graceSeconds: number
  readonly log: Logger
}

/** Opens the runner of a Slurm cluster once everything that it needs is there. Throws SlurmUnusable, which names the setting to change. */
export async function openSlurmRunner(settings: Settings, ground: SlurmGround): Promise<SlurmRunner> {
  const { SLURM_SHARED_DIR = '', SLURM_USERS: users, SLURM_COMPLETIONS } = settings
  const there = siteOf(settings, ground)
  const records: Records =
    SLURM_COMPLETIONS === undefined ? { kind: 'accounting' } : { kind: 'completions', file: SLURM_COMPLETIONS }
  await checkSlurm(there, users, records)
  for (const user of users.length === 0 ? [undefined] : users) await checkUser(there, user, SLURM_SHARED_DIR)
  await checkClock(there, ground.log)
  return new SlurmRunner({
    directory: ground.directory,
    sharedDirectory: SLURM_SHARED_DIR,
    site: there,
    users,
    isSingleTenant: settings.SINGLE_TENANT === 'yes',
    records,
    placement: {
      partition: settings.SLURM_PARTITION,
      account: settings.SLURM_ACCOUNT,
      qos: settings.SLURM_QOS,
      constraint: settings.SLURM_CONSTRAINT,
      extra: settings.SLURM_EXTRA_ARGS,
    },
    secret: createHash('sha256').update(`executions of ${ground.secret}`).digest('hex'),
    outputLimitBytes: settings.OUTPUT_LIMIT,
    graceSeconds: ground.graceSeconds,
    settleSeconds: settings.SLURM_SETTLE_SECONDS,
    maxExecutions: settings.SLURM_MAX_JOBS,
    log: ground.log,
  })
}

function siteOf(settings: Settings, { directory, userId }: SlurmGround): Site {
  const { SLURM_CONF, SLURM_SSH, SLURM_SSH_KEY, SLURM_TIMEOUT_SECONDS } = settings
  return site({
    ssh: SLURM_SSH,
    sshArguments: SLURM_SSH === undefined ? [] : sshArguments(directory, SLURM_SSH_KEY, SLURM_TIMEOUT_SECONDS),
    isRoot: userId === 0,
    env: SLURM_CONF === undefined ? {} : { SLURM_CONF },
    timeoutSeconds: SLURM_TIMEOUT_SECONDS,
  })
}

/** One connection for all commands of a user; it never asks anything, and a dead one is noticed. */
function sshArguments(directory: string, key: string | undefined, timeoutSeconds: number): readonly string[] {
  const wanted = join(directory, 'ssh')
  const sockets = wanted.length > LONGEST_SOCKET_BYTES - 40 ? join(tmpdir(), `grid-ssh-${process.pid}`) : wanted
  mkdirSync(sockets, { recursive: true, mode: 0o700 })
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: String(Math.ceil(timeoutSeconds / 2)),
    ControlMaster: 'auto',
    ControlPath: `${sockets}/%C`,
    ControlPersist: '60',
    ServerAliveInterval: '5',
    ServerAliveCountMax: '2',
    StrictHostKeyChecking: 'yes',
  }
  const named = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return key === undefined ? named : [...named, '-i', key, '-o', 'IdentitiesOnly=yes']
}

async function checkSlurm(there: Site, users: readonly string[], records: Records): Promise<void> {
  await queueOf(there, users).catch((error: Error) => {
    throw new SlurmUnusable('SLURM_CONF and SLURM_SSH', error.message)
  })
  await recordsOf(there, records, [NOBODY]).catch((error: Error) => {
    throw new SlurmUnusable('SLURM_COMPLETIONS', `what has ended cannot be read (${error.message})`)
  })
}

/** Each user must be one that the agent may act for, that Slurm hears, and that can write where the nodes read. */
async function checkUser(there: Site, user: string | undefined, sharedDirectory: string): Promise<void> {
  const who = user ?? 'the agent’s user'
  const heard = await there.attempt(user, ['squeue', '--me', '--noheader'])
  if (heard.code !== 0) throw new SlurmUnusable('SLURM_USERS', `${who} cannot use Slurm: ${heard.stderr.trim()}`)
  const script = 'probe=$(mktemp -d -- "$1/.probe.XXXXXX") && rmdir -- "$probe"'
  const { code, stderr } = await there.attempt(user, ['bash', '-c', script, 'probe', sharedDirectory])
  if (code !== 0) throw new SlurmUnusable('SLURM_SHARED_DIR', `${who} cannot write there: ${stderr.trim()}`)
}

async function checkClock(there: Site, log: Logger): Promise<void> {
  const ahead = Number((await there.run(undefined, ['date', '+%s'])).toString()) - Date.now() / 1000
  if (Math.abs(ahead) > CLOCK_TOLERANCE_SECONDS) {
    log.warn({ secondsAhead: Math.round(ahead) }, 'the clock of the cluster differs: set both')
  }
}
