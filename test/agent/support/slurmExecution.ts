import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Suite } from 'mocha'
import { type Site, type SiteOptions, site } from '../../../agent/runners/slurm/site.ts'
import { SlurmRunner, type SlurmRunnerOptions } from '../../../agent/runners/slurm/slurmRunner.ts'
import { SlurmCluster, type SlurmOptions, whyNoSlurm } from '../../../scripts/slurm/slurmCluster.ts'
import type { RunnerUnderTest } from '../runners/runnerContract.ts'

/** Accounts that every Debian has and nobody uses: jobs of tests run under them. */
export const JOB_USERS = ['games', 'news', 'uucp', 'irc'] as const

/** A cluster for a whole test file. */
export interface SlurmGround extends AsyncDisposable {
  readonly cluster: SlurmCluster
  readonly folder: string
}

/** Skips a suite where no Slurm can be started, and says why; with CI set that is a failure. */
export function needsSlurm(suite: Suite): void {
  const why = whyNoSlurm()
  if (why === undefined) return
  if (process.env['CI'] !== undefined) throw new Error(`Slurm is missing: ${why}`)
  suite.pending = true
  suite.title += ` (skipped: ${why})`
}

export async function slurmGround(options: Partial<SlurmOptions> = {}): Promise<SlurmGround> {
  const folder = mkdtempSync(join(tmpdir(), 'grid-slurm-'))
  chmodSync(folder, 0o755)
  const cluster = await SlurmCluster.start({ name: 'alpha', folder, ...options })
  return {
    cluster,
    folder,
    async [Symbol.asyncDispose]() {
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What can be chosen about a runner of a test. */
export interface RunnerChoice {
  readonly runner?: Partial<SlurmRunnerOptions>
  readonly site?: Partial<SiteOptions>
  readonly wrap?: (site: Site) => Site
}

let grounds = 0

/** A runner on the cluster, with folders of its own. */
export function slurmRunner(
  { cluster, folder }: SlurmGround,
  choice: RunnerChoice = {},
): RunnerUnderTest & { readonly shared: string; readonly state: string } {
  grounds += 1
  const base = join(folder, `ground-${grounds}`)
  const [shared, scratch, state] = [join(base, 'shared'), join(base, 'scratch'), join(base, 'state')]
  for (const open of [shared, scratch]) {
    mkdirSync(open, { recursive: true })
    chmodSync(open, 0o1777)
  }
  const env = { SLURM_CONF: cluster.confPath }
  const own = site({ ssh: undefined, sshArguments: [], isRoot: true, env, timeoutSeconds: 15, ...choice.site })
  const open = (): SlurmRunner =>
    new SlurmRunner({
      directory: state,
      sharedDirectory: shared,
      site: choice.wrap?.(own) ?? own,
      users: JOB_USERS,
      isSingleTenant: false,
      records: cluster.shape.hasAccounting
        ? { kind: 'accounting' }
        : { kind: 'completions', file: cluster.completions },
      placement: { partition: 'main', account: undefined, qos: undefined, constraint: undefined, extra: [] },
      secret: 'of this test',
      outputLimitBytes: 65_536,
      graceSeconds: 1,
      settleSeconds: 2,
      maxExecutions: 1000,
      log: { info: () => undefined, warn: () => undefined },
      ...choice.runner,
    })
  return {
    runner: open(),
    again: open,
    shared,
    state,
    scratch,
    lines: (file) =>
      existsSync(join(scratch, file)) ? readFileSync(join(scratch, file), 'utf8').trim().split('\n') : [],
    async [Symbol.asyncDispose]() {
      rmSync(base, { recursive: true, force: true })
    },
  }
}
