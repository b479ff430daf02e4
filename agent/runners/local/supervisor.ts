import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { EndReason } from '../../core/facts.ts'
import { createDurably, writeDurably } from '../../files/writeDurably.ts'
import { type EndRecord, executionDirectory, readRecord, type Spec, type Start } from './executionDirectory.ts'
import { OutputFile } from './outputFile.ts'
import { endMembers, identify, NO_PROCESS } from './processes.ts'

// One process per execution, apart from the agent so that neither needs the other to live. It starts the script, meters
// it, ends it when its time is over or it is to be cancelled, and writes the end record. It is run with the directory of
// the execution as its argument.

const LONGEST_TIMER_MILLISECONDS = 60_000
const NANOSECONDS = 1_000_000_000n

const files = executionDirectory(process.argv[2] ?? '')
const name = basename(files.directory)
const spec = readRecord<Spec>(files.spec)
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
  // One stream for both outputs keeps the order in which the script wrote them.
  const child = spawn('/bin/bash', ['-c', 'exec /bin/bash "$0" 2>&1', files.script], {
    cwd: files.home,
    env: order.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  child.on('error', () => void finish(output, child, nothingUsed('not-started')))
  child.stdout.on('data', (chunk: Buffer) => output.append(chunk))
  if (child.pid === undefined) return
  const begun = process.hrtime.bigint()
  const startedAt = Math.floor(Date.now() / 1000)
  start = { leader: identify(child.pid) ?? { ...NO_PROCESS, pid: child.pid }, startedAt, monotonic: String(begun) }
  child.on('exit', (code, signal) => void finish(output, child, used(begun, code, signal)))
  writeDurably(files.start, JSON.stringify(start))
  watchLimit(begun)
}

/** Looks at the limit again when it should be reached: it may have been raised since. */
function watchLimit(begun: bigint): void {
  const limitSeconds = readRecord<number>(files.limit) ?? spec?.timeLimitSeconds ?? 0
  const leftMilliseconds = limitSeconds * 1000 - Number((process.hrtime.bigint() - begun) / 1_000_000n)
  if (leftMilliseconds <= 0) void stop('time-limit')
  else setTimeout(watchLimit, Math.min(leftMilliseconds, LONGEST_TIMER_MILLISECONDS), begun).unref()
}

async function stop(reason: EndReason): Promise<void> {
  if (stopReason !== undefined || start === undefined) return
  stopReason = reason
  await endMembers(name, start.leader, spec?.graceSeconds ?? 0)
}

type Used = Pick<EndRecord, 'reason' | 'startedAt' | 'secondsUsed' | 'exitCode' | 'signal'>

function nothingUsed(reason: EndReason): Used {
  return { reason, startedAt: 0, secondsUsed: 0, exitCode: 0, signal: null }
}

function used(begun: bigint, code: number | null, signal: NodeJS.Signals | null): Used {
  const secondsUsed = Number((process.hrtime.bigint() - begun) / NANOSECONDS)
  const exitCode = signal === null ? (code ?? 255) : 128 + constants.signals[signal]
  return { reason: stopReason ?? 'exited', startedAt: start?.startedAt ?? 0, secondsUsed, exitCode, signal }
}

/** Ends what the script left behind, then records its end. */
async function finish(output: OutputFile, child: ChildProcess | undefined, end: Used): Promise<void> {
  const grace = stopReason === undefined ? 0 : (spec?.graceSeconds ?? 0)
  await endMembers(name, start?.leader, grace)
  if (child !== undefined) await drained(child)
  output.finish()
  await writeEnd({ ...end, outputBytes: output.totalBytes, keptBytes: output.keptBytes })
  process.exit(0)
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
