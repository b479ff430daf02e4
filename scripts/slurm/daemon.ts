import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const READY_SECONDS = 30

/** Runs a command to its end. Throws where it fails or takes longer than ten seconds. */
export async function output(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { PATH = '' } = process.env
  const { stdout } = await promisify(execFile)(command, args, { env: { PATH, ...env }, timeout: 10_000 })
  return stdout
}

/** Starts a program in a process group of its own, which dies with this process; what it says goes to the end of a file. */
export function daemon(
  command: string,
  args: readonly string[],
  log: string,
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const said = openSync(log, 'a')
  const { PATH = '' } = process.env
  return spawn('setpriv', ['--pdeathsig=KILL', command, ...args], {
    detached: true,
    env: { PATH, ...env },
    stdio: ['ignore', said, said],
  })
}

/** Waits until a question has its answer; a question that throws has none yet. */
export async function untilTrue(what: string, ask: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_SECONDS * 1000
  while (!(await ask().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`${what} did not come in ${READY_SECONDS} s`)
    await delay(50)
  }
}

/** Kills a program at once and waits until it has gone. */
export async function killed(child: ChildProcess | undefined, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill(signal)
  await gone
}
