import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Execution } from '../../../agent/core/facts.ts'
import { UNCONFINED } from '../../../agent/runners/local/confinement/confinement.ts'
import { LocalRunner } from '../../../agent/runners/local/localRunner.ts'
import type { ExecutionOrder, Runner } from '../../../agent/runners/runner.ts'
import { executionName, type Hex } from '../../../sdk/domain/job.ts'
import { eventually } from './eventually.ts'

/** A directory of its own, removed at the end of the test. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'grid-agent-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function localRunner(directory: string, outputLimitBytes = 65_536, confinement = UNCONFINED): LocalRunner {
  return new LocalRunner({
    confinement,
    directory,
    node: process.execPath,
    path: process.env['PATH'] ?? '',
    outputLimitBytes,
    graceSeconds: 0.3,
    capacity: { cpus: 4, mem: 4096, gpus: 0 },
  })
}

export function order(script: string, timeLimitSeconds = 60): ExecutionOrder & { readonly name: string } {
  const id: Hex = `0x${randomBytes(32).toString('hex')}`
  const resources = { tasks: 1, cpusPerTask: 1, memPerCpu: 16, gpus: 0 }
  return { name: executionName(id, 1), id, attempt: 1, script, env: {}, resources, timeLimitSeconds }
}

type InState<State extends Execution['state']> = Extract<Execution, { readonly state: State }>

/** The execution once it has reached the state. */
export function reached<State extends Execution['state']>(
  runner: Runner,
  name: string,
  state: State,
): Promise<InState<State>> {
  const isThere = (execution: Execution | undefined): execution is InState<State> => execution?.state === state
  return eventually(() => runner.inspect(name), isThere) as Promise<InState<State>>
}

/** What the execution has printed, once that contains the text. */
export function printed(runner: Runner, name: string, text: string): Promise<string> {
  return eventually(
    () => runner.logs(name),
    (log) => log.includes(text),
  )
}

/** The process id that a script printed as `<label>=<pid>`. */
export async function printedPid(runner: Runner, name: string, label: string): Promise<number> {
  const log = await printed(runner, name, `${label}=`)
  return Number(new RegExp(`${label}=(\\d+)`).exec(log)?.[1])
}

export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z'
  } catch {
    return false
  }
}

export function gone(pid: number): Promise<boolean> {
  return eventually(
    () => !isRunning(pid),
    (isGone) => isGone,
  )
}

/** Ends what an agent that was killed has left running in its state directory. */
export async function endExecutions(stateDirectory: string): Promise<void> {
  const runner = localRunner(stateDirectory)
  for (const { name, state } of await runner.list()) {
    if (state === 'ended') continue
    await eventually(
      async () => {
        await runner.cancel(name)
        return (await runner.inspect(name))?.state
      },
      (now) => now === 'ended',
    )
  }
}
