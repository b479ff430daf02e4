import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionResources } from '../../runner.ts'
import type { CgroupParents, Limits } from './confinement.ts'

const MEGABYTE = 1_048_576
const PERIOD_MICROSECONDS = 100_000
/** A shell and what starts it need this much, however little a job pays for. */
const LEAST_MEMORY_BYTES = 16 * MEGABYTE

type Controller = 'memory' | 'cpu' | 'pids'
const CONTROLLERS: readonly Controller[] = ['memory', 'cpu', 'pids']

/** Bytes of memory that an execution may hold: what it pays for, and never less than a shell needs. */
export function memoryBytesOf({ tasks, cpusPerTask, memPerCpu }: ExecutionResources): number {
  return Math.max(tasks * cpusPerTask * memPerCpu * MEGABYTE, LEAST_MEMORY_BYTES)
}

/** The control groups of an execution; the same one for all controllers in version 2. */
export function cgroupsOf(parents: CgroupParents | undefined, name: string): readonly string[] {
  const own = CONTROLLERS.flatMap((controller) => parents?.[controller] ?? [])
  return [...new Set(own)].map((parent) => join(parent, name))
}

/** Makes the control groups of an execution with its limits. Throws where the kernel takes one not. */
export function makeCgroups(parents: CgroupParents, name: string, resources: ExecutionResources, limits: Limits): void {
  const { version } = parents
  const cpus = resources.tasks * resources.cpusPerTask
  const memory = String(memoryBytesOf(resources))
  const quota = String(cpus * PERIOD_MICROSECONDS)
  const set = (controller: Controller, values: Readonly<Record<string, string>>): void => {
    const parent = parents[controller]
    if (parent === undefined) return
    mkdirSync(join(parent, name), { recursive: true })
    for (const [file, value] of Object.entries(values)) writeFileSync(join(parent, name, file), value)
  }
  set('memory', version === 1 ? { 'memory.limit_in_bytes': memory } : { 'memory.max': memory })
  set(
    'cpu',
    version === 1
      ? { 'cpu.cfs_period_us': String(PERIOD_MICROSECONDS), 'cpu.cfs_quota_us': quota }
      : { 'cpu.max': `${quota} ${PERIOD_MICROSECONDS}` },
  )
  set('pids', { 'pids.max': String(limits.processes) })
}

/** Every process in control groups, also one that hid itself from all else. */
export function cgroupMembers(cgroups: readonly string[]): readonly number[] {
  const pids = cgroups.flatMap((cgroup) => read(join(cgroup, 'cgroup.procs')).split('\n'))
  // A process of another namespace shows as 0.
  return [...new Set(pids.map(Number).filter((pid) => pid > 0))]
}

/** How often the kernel ended a process of these groups because their memory was used up. */
export function memoryKills(cgroups: readonly string[]): number {
  const texts = cgroups.flatMap((cgroup) =>
    ['memory.oom_control', 'memory.events'].map((file) => read(join(cgroup, file))),
  )
  return texts.reduce((sum, text) => sum + Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0), 0)
}

/** Removes the control groups; those that still hold a process stay. */
export function removeCgroups(cgroups: readonly string[]): void {
  for (const cgroup of cgroups) {
    try {
      // A job may have made groups of its own below.
      if (existsSync(cgroup)) removeWithChildren(cgroup)
    } catch {
      // It is empty, costs nothing and is found again by nobody.
    }
  }
}

function removeWithChildren(cgroup: string): void {
  const children = readdirSync(cgroup, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  for (const { name } of children) removeWithChildren(join(cgroup, name))
  rmdirSync(cgroup)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
