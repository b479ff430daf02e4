import { readdirSync, readFileSync } from 'node:fs'
import { kill } from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { cgroupMembers } from './confinement/cgroups.ts'

/** A process that cannot be taken for a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks between boot and the start of the process. */
  readonly startTime: string
  readonly bootId: string
}

/** What is known of the processes of an execution beside the mark that they carry. */
export interface Family {
  /** The first of them, who leads their session. */
  readonly leader: ProcessIdentity
  /** Control groups that hold them all. */
  readonly cgroups?: readonly string[]
  /** Whether the leader and its first child are bubblewrap's. */
  readonly isSandboxed?: boolean
}

/** Marks an execution whose start was prevented: no process. */
export const NO_PROCESS: ProcessIdentity = { pid: 0, startTime: '', bootId: '' }

/** The name of the variable that marks every process of an execution, wherever it forks to. */
export const EXECUTION_MARK = 'DEEPSQUARE_EXECUTION'

const POLL_MILLISECONDS = 20
const KILL_SECONDS = 5

interface Stat {
  readonly state: string
  readonly parent: number
  readonly session: number
  readonly startTime: string
}

/** Who a process is now; undefined where there is none or only its exit status is left. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid)
  if (stat === undefined || stat.state === 'Z') return undefined
  return { pid, startTime: stat.startTime, bootId: bootId() }
}

/** Whether this very process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.pid === 0) return false
  const now = identify(identity.pid)
  return now !== undefined && now.startTime === identity.startTime && now.bootId === identity.bootId
}

/**
 * The living processes of an execution: those of its leader's session, those that descend from it, those in its control groups, and those that
 * left all of these but carry its mark.
 */
export function membersOf(name: string, family: Family | undefined): readonly number[] {
  const leader = family !== undefined && mayStillBeItsSession(family.leader) ? family.leader.pid : undefined
  const stats = livingProcesses()
  const inGroups = new Set(cgroupMembers(family?.cgroups ?? []))
  return [...stats.keys()].filter(
    (pid) =>
      (leader !== undefined && (stats.get(pid)?.session === leader || descends(pid, leader, stats))) ||
      inGroups.has(pid) ||
      carriesMark(pid, name),
  )
}

/**
 * Ends an execution's processes: SIGTERM, after the grace SIGKILL, until none is left. Returns whether none is left; a
 * process in the kernel's hands may take longer than this waits.
 */
export async function endMembers(name: string, family: Family | undefined, graceSeconds: number): Promise<boolean> {
  if (graceSeconds > 0) {
    signalAll(workloadOf(membersOf(name, family), family), 'SIGTERM')
    if (await until(() => membersOf(name, family).length === 0, graceSeconds)) return true
  }
  return until(() => {
    const members = membersOf(name, family)
    signalAll(members, 'SIGKILL')
    return members.length === 0
  }, KILL_SECONDS)
}

/** Bubblewrap's own two processes are asked for nothing: the end of either would leave the job no time to tidy up. */
function workloadOf(members: readonly number[], family: Family | undefined): readonly number[] {
  if (family?.isSandboxed !== true) return members
  const { pid: leader } = family.leader
  return members.filter((pid) => pid !== leader && statOf(pid)?.parent !== leader)
}

/** Sends a signal to a process; one that has gone is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) signalProcess(pid, signal)
}

async function until(isDone: () => boolean, seconds: number): Promise<boolean> {
  const end = performance.now() + seconds * 1000
  while (!isDone()) {
    if (performance.now() >= end) return false
    await delay(POLL_MILLISECONDS)
  }
  return true
}

/** While a session has members, the kernel gives its id to no new process; a leader that is another one ends the match. */
function mayStillBeItsSession(leader: ProcessIdentity): boolean {
  if (leader.bootId !== bootId()) return false
  const stat = statOf(leader.pid)
  return stat === undefined || stat.startTime === leader.startTime
}

function livingProcesses(): ReadonlyMap<number, Stat> {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  const stats = pids.flatMap((pid): [number, Stat][] => {
    const stat = statOf(Number(pid))
    return stat === undefined || stat.state === 'Z' ? [] : [[Number(pid), stat]]
  })
  return new Map(stats)
}

/** Orphans of a sandbox are the children of its first process, so that nothing in it gets out of this line. */
function descends(pid: number, ancestor: number, stats: ReadonlyMap<number, Stat>): boolean {
  const seen = new Set<number>()
  for (let at = pid; at > 1 && !seen.has(at); at = stats.get(at)?.parent ?? 0) {
    if (at === ancestor) return true
    seen.add(at)
  }
  return false
}

function carriesMark(pid: number, name: string): boolean {
  return `\0${readProc(`${pid}/environ`)}`.includes(`\0${EXECUTION_MARK}=${name}\0`)
}

function statOf(pid: number): Stat | undefined {
  const text = readProc(`${pid}/stat`)
  // The name of the program stands in brackets and may hold anything: the fields count from behind the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent, , session] = fields
  const startTime = fields[19]
  if (state === undefined || session === undefined || startTime === undefined) return undefined
  return { state, parent: Number(parent), session: Number(session), startTime }
}

/** Empty where the process has gone, or is not ours to read. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return ''
  }
}

function bootId(): string {
  return readProc('sys/kernel/random/boot_id').trim()
}
