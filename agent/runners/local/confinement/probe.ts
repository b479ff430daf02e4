import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type CgroupParents, type Confinement, type Limits, UNCONFINED } from './confinement.ts'
import { BUBBLEWRAP, sandboxArguments } from './sandboxArguments.ts'

const PROBE_TIMEOUT_MILLISECONDS = 10_000

/** What the operator asks for. */
export interface ConfinementWishes {
  readonly sandbox: 'auto' | 'bubblewrap' | 'none'
  readonly network: 'none' | 'host'
  readonly readable: readonly string[]
  /** Whom jobs run as where the agent is root. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined
  readonly limits: Limits
}

/** What this host can do of it. */
export interface Probed {
  readonly confinement: Confinement
  /** Why there is no sandbox; undefined where there is one. */
  readonly noSandbox: string | undefined
  /** What is not enforced here, one phrase each, to be said at start. */
  readonly gaps: readonly string[]
}

/** Tries on this host, with real processes and control groups, what of the wishes can be enforced. `group` names its control groups. */
export function probeConfinement(wishes: ConfinementWishes, group: string): Probed {
  const { limits, network, readable } = wishes
  const cgroups = probeCgroups(group)
  const user = process.getuid?.() === 0 ? wishes.user : undefined
  const noSandbox = wishes.sandbox === 'none' ? 'SANDBOX is none' : sandboxProblem(user)
  const sandbox = noSandbox === undefined ? { sandbox: { network, readable, ...(user && { user }) } } : {}
  const controlled = cgroups === undefined ? {} : { cgroups }
  const confinement: Confinement = { ...UNCONFINED, ...sandbox, ...controlled, limits }
  return { confinement, noSandbox, gaps: gapsOf(confinement, noSandbox) }
}

/** What a confinement leaves open, in words for the operator. */
export function gapsOf({ sandbox, cgroups }: Confinement, noSandbox: string | undefined): readonly string[] {
  const gaps: string[] = []
  if (noSandbox !== undefined) gaps.push(`sandbox: none, jobs see what the agent sees (${noSandbox})`)
  if (sandbox !== undefined && sandbox.user === undefined && process.getuid?.() === 0) {
    gaps.push('user: jobs run as root inside their sandbox; set JOB_USER')
  }
  if (sandbox?.network === 'host') gaps.push('network: jobs share that of the machine (JOB_NETWORK is host)')
  if (cgroups?.memory === undefined) gaps.push('memory: limited for each process, not for a job as a whole')
  if (cgroups?.cpu === undefined) gaps.push('cpu: not limited, a job may use more than it pays for')
  if (cgroups?.pids === undefined && sandbox === undefined) gaps.push('processes: not limited')
  if (cgroups?.pids === undefined && sandbox?.user !== undefined) {
    gaps.push('processes: limited for all jobs together, not for each')
  }
  return gaps
}

function sandboxProblem(user: { readonly uid: number; readonly gid: number } | undefined): string | undefined {
  if (!existsSync(BUBBLEWRAP)) return `${BUBBLEWRAP} is not installed: apt-get install bubblewrap`
  const args = sandboxArguments({ network: 'none', readable: [], ...(user && { user }) }, { shmBytes: 65_536 })
  const tried = spawnSync(BUBBLEWRAP, [...args.before, '--', ...args.within, '/bin/true'], {
    env: {},
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MILLISECONDS,
  })
  if (tried.status === 0) return undefined
  return `bubblewrap does not work here: ${(tried.stderr || String(tried.error ?? tried.signal)).trim()}`
}

/** The controllers that this process may use, of version 2 where it has them, else of version 1. */
function probeCgroups(group: string): CgroupParents | undefined {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n')
  const paths = lines.map((line) => line.split(':'))
  const unified = paths.find(([hierarchy]) => hierarchy === '0')?.[2]
  const second = unified === undefined ? undefined : probeUnified(join('/sys/fs/cgroup', unified), group)
  if (second !== undefined) return second
  const parents = { memory: 'memory.limit_in_bytes', cpu: 'cpu.cfs_quota_us', pids: 'pids.max' }
  const usable = Object.entries(parents).flatMap(([controller, file]): [string, string][] => {
    const path = paths.find(([, controllers]) => controllers?.split(',').includes(controller))?.[2]
    const parent = path === undefined ? undefined : join('/sys/fs/cgroup', controller, path, group)
    return parent !== undefined && canLimit(parent, file) ? [[controller, parent]] : []
  })
  return usable.length === 0 ? undefined : { version: 1, ...Object.fromEntries(usable) }
}

/**
 * In version 2 a group that holds processes can give its children no controllers, so that the agent moves into a child of the group
 * that it was given (systemd: `Delegate=yes`).
 */
function probeUnified(own: string, group: string): CgroupParents | undefined {
  try {
    const delegated = own.endsWith('/agent') ? dirname(own) : own
    if (!existsSync(join(delegated, 'cgroup.subtree_control'))) return undefined
    const controllers = readFileSync(join(delegated, 'cgroup.controllers'), 'utf8').trim().split(' ')
    const wanted = ['memory', 'cpu', 'pids'].filter((controller) => controllers.includes(controller))
    if (wanted.length === 0) return undefined
    mkdirSync(join(delegated, 'agent'), { recursive: true })
    writeFileSync(join(delegated, 'agent', 'cgroup.procs'), String(process.pid))
    const parent = join(delegated, group)
    mkdirSync(parent, { recursive: true })
    const enabled = wanted.map((controller) => `+${controller}`).join(' ')
    for (const at of [delegated, parent]) writeFileSync(join(at, 'cgroup.subtree_control'), enabled)
    return { version: 2, ...Object.fromEntries(wanted.map((controller) => [controller, parent])) }
  } catch {
    return undefined
  }
}

function canLimit(parent: string, file: string): boolean {
  const probe = join(parent, 'probe')
  try {
    mkdirSync(probe, { recursive: true })
    writeFileSync(join(probe, file), '1000000')
    rmdirSync(probe)
    return true
  } catch {
    return false
  }
}
