import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { EndReason } from '../../core/facts.ts'
import { readText } from '../../files/readText.ts'
import { createDurably, writeDurably } from '../../files/writeDurably.ts'
import { cgroupsOf, makeCgroups, memoryBytesOf, memoryKills, removeCgroups } from './confinement/cgroups.ts'
import { diskUse } from './diskUse.ts'
import { type EndRecord, executionDirectory, readRecord, type Spec, type Start } from './executionDirectory.ts'
import { confinementOf, hasStarted, launchOf } from './launch.ts'
import { OutputFile } from './outputFile.ts'
import { endMembers, identify, membersOf, NO_PROCESS } from './processes.ts'

// One process per execution, apart from the agent so that neither needs the other to live. It starts the script, meters
// it, ends it when its time is over or it is to be cancelled, and writes the end record. It is run with the directory of
// the execution as its argument.

const LONGEST_TIMER_MILLISECONDS = 60_000
const NANOSECONDS = 1_000_000_000n
const MEGABYTE = 1_048_576
const DISK_MILLISECONDS = 1_000
/** As for a process that the kernel ended for a file above its limit: 128 and SIGXFSZ. */
const OVER_DISK_EXIT_CODE = 153

const files = executionDirectory(process.argv[2] ?? '')
const name = basename(files.directory)
const spec = readRecord<Spec>(files.spec)
const notes: string[] = []
let stopReason: EndReason | undefined
let start: Start | undefined

// The handlers stand before the lock is taken: the agent signals nobody who does not hold it.
process.on('SIGUSR2', () => existsSync(files.cancel) && void stop('cancelled'))
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop('lost'))

const self = identify(process.pid)
if (spec !== undefined && self !== undefined && createDurably(files.lock, JSON.stringify(self))) supervise(spec)

function supervise(order: Spec): void {
  if (existsSync(files.cancel)) {
    void writeEnd({ ...nothingUsed('cancelled'), outputBytes: 0, keptBytes: 0 }).then(() => process.exit(0))
    return
  }
  const output = new OutputFile(files.output, order.outputLimitBytes)
  try {
    run(order, output)
  } catch (error) {
    // Such as an environment that no process can have.
    output.append(Buffer.from(`The job could not be started: ${String(error)}\n`))
    void finish(output, undefined, nothingUsed('not-started'))
  }
}

function run(order: Spec, output: OutputFile): void {
  const { cgroups, limits } = confinementOf(order)
  if (cgroups !== undefined && limits !== undefined) makeCgroups(cgroups, name, order.resources, limits)
  const launch = launchOf(files, name, order)
  const child = spawn('/bin/bash', [...launch.args], {
    cwd: files.home,
    env: launch.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit', ...launch.descriptors],
  })
  launch.close()
  child.on('error', () => void finish(output, child, nothingUsed('not-started')))
  child.stdout?.on('data', (chunk: Buffer) => output.append(chunk))
  if (child.pid === undefined) return
  const begun = process.hrtime.bigint()
  begin(order, child.pid, begun)
  child.on('exit', (code, signal) => {
    const isStarted = stopReason !== undefined || signal !== null || hasStarted(launch)
    void finish(output, child, isStarted ? used(begun, code, signal) : nothingUsed('not-started'))
  })
  watchLimit(begun)
  if (limits !== undefined) void watchDisk(limits.diskBytes)
}

function begin(order: Spec, pid: number, begun: bigint): void {
  const { cgroups, limits, sandbox } = confinementOf(order)
  start = {
    leader: identify(pid) ?? { ...NO_PROCESS, pid },
    startedAt: Math.floor(Date.now() / 1000),
    monotonic: String(begun),
    cgroups: cgroupsOf(limits === undefined ? undefined : cgroups, name),
    isSandboxed: sandbox !== undefined,
  }
  writeDurably(files.start, JSON.stringify(start))
}

/** Looks at the limit again when it should be reached: it may have been raised since. */
function watchLimit(begun: bigint): void {
  const limitSeconds = readRecord<number>(files.limit) ?? spec?.timeLimitSeconds ?? 0
  const leftMilliseconds = limitSeconds * 1000 - Number((process.hrtime.bigint() - begun) / 1_000_000n)
  if (leftMilliseconds <= 0) void stop('time-limit')
  else setTimeout(watchLimit, Math.min(leftMilliseconds, LONGEST_TIMER_MILLISECONDS), begun).unref()
}

/** Looks at the job's files for as long as it runs, seldom enough that the looking costs little. */
async function watchDisk(limitBytes: number): Promise<void> {
  const began = performance.now()
  const bytes = await diskUse([files.home, files.temporary], membersOf(name, start), limitBytes)
  if (bytes > limitBytes) {
    notes.push(
      `ended: its files took more than the ${Math.floor(limitBytes / MEGABYTE)} MB that a job may have on disk`,
    )
    return stop('exited', 0)
  }
  const pause = Math.max(DISK_MILLISECONDS, (performance.now() - began) * 10)
  setTimeout(() => void watchDisk(limitBytes), pause).unref()
}

async function stop(reason: EndReason, graceSeconds = spec?.graceSeconds ?? 0): Promise<void> {
  if (stopReason !== undefined || start === undefined) return
  stopReason = reason
  await endMembers(name, start, graceSeconds)
}

type Used = Pick<EndRecord, 'reason' | 'startedAt' | 'secondsUsed' | 'exitCode' | 'signal'>

function nothingUsed(reason: EndReason): Used {
  return { reason, startedAt: 0, secondsUsed: 0, exitCode: 0, signal: null }
}

function used(begun: bigint, code: number | null, signal: NodeJS.Signals | null): Used {
  const secondsUsed = Number((process.hrtime.bigint() - begun) / NANOSECONDS)
  const itsCode = signal === null ? (code ?? 255) : 128 + constants.signals[signal]
  // One that was ended for its files has not succeeded, whatever it made of that.
  const exitCode = stopReason === 'exited' && itsCode === 0 ? OVER_DISK_EXIT_CODE : itsCode
  return { reason: stopReason ?? 'exited', startedAt: start?.startedAt ?? 0, secondsUsed, exitCode, signal }
}

/** Ends what the script left behind, then records its end. */
async function finish(output: OutputFile, child: ChildProcess | undefined, end: Used): Promise<void> {
  const grace = stopReason === undefined ? 0 : (spec?.graceSeconds ?? 0)
  await endMembers(name, start, grace)
  if (child !== undefined) await drained(child)
  const cgroups = start?.cgroups ?? []
  if (memoryKills(cgroups) > 0)
    notes.push(`out of memory: it needed more than the ${memoryMegabytes()} MB that it pays for`)
  if (end.reason === 'not-started') notes.push(`not started: ${lastComplaint()}`)
  output.finish(notes)
  removeCgroups(cgroups)
  await writeEnd({ ...end, outputBytes: output.totalBytes, keptBytes: output.keptBytes })
  process.exit(0)
}

function memoryMegabytes(): number {
  return spec === undefined ? 0 : memoryBytesOf(spec.resources) / MEGABYTE
}

/** What bubblewrap or the shell before it said last. */
function lastComplaint(): string {
  return readText(files.complaints)?.trim().split('\n').at(-1) ?? ''
}

/** What was printed is read to its end, unless somebody out of reach keeps the pipe open. */
async function drained(child: ChildProcess): Promise<void> {
  if (child.stdout === null || child.stdout.readableEnded) return
  const end = new Promise((resolve) => child.stdout?.once('end', resolve))
  await Promise.race([end, delay(1000)])
}

/** Without the record nobody is paid: a full disk is waited for. */
async function writeEnd(end: Omit<EndRecord, 'endedAt'>): Promise<void> {
  const text = JSON.stringify({ ...end, endedAt: Math.floor(Date.now() / 1000) } satisfies EndRecord)
  for (;;) {
    try {
      return writeDurably(files.end, text)
    } catch (error) {
      // Whoever removed the whole execution does not ask how it ended.
      if (!existsSync(files.directory)) return
      process.stderr.write(`The end record cannot be written yet: ${String(error)}\n`)
      await delay(1000)
    }
  }
}
