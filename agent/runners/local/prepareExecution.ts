import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { syncDirectory, writeAndSync } from '../../files/writeDurably.ts'
import type { ExecutionOrder } from '../runner.ts'
import { type ExecutionDirectory, executionDirectory, type Spec } from './executionDirectory.ts'
import { EXECUTION_MARK } from './processes.ts'

/** What every execution of a runner is given. */
export interface ExecutionSettings {
  /** PATH of the scripts. */
  readonly path: string
  readonly outputLimitBytes: number
  /** Between SIGTERM and SIGKILL. */
  readonly graceSeconds: number
}

/** Writes down what is to run. The directory appears whole, once: of several that prepare one name the first counts. */
export function prepareExecution(files: ExecutionDirectory, order: ExecutionOrder, options: ExecutionSettings): void {
  const parent = dirname(files.directory)
  const draft = executionDirectory(join(parent, `.${basename(files.directory)}.${randomUUID()}.tmp`))
  mkdirSync(draft.home, { recursive: true, mode: 0o700 })
  writeAndSync(draft.script, order.script)
  writeAndSync(draft.limit, JSON.stringify(order.timeLimitSeconds))
  writeAndSync(draft.spec, JSON.stringify(specOf(files, order, options)))
  syncDirectory(draft.directory)
  try {
    renameSync(draft.directory, files.directory)
  } catch (error) {
    rmSync(draft.directory, { recursive: true, force: true })
    if (!isTaken(error)) throw error
  }
  syncDirectory(parent)
}

/** What the script sees is what the workflow sets, and these: nothing of the agent's own environment. */
function specOf(files: ExecutionDirectory, order: ExecutionOrder, options: ExecutionSettings): Spec {
  const { id, attempt, resources, timeLimitSeconds } = order
  const env = {
    PATH: options.path,
    HOME: files.home,
    LANG: 'C.UTF-8',
    ...order.env,
    DEEPSQUARE_JOB_ID: id,
    DEEPSQUARE_ATTEMPT: String(attempt),
    [EXECUTION_MARK]: basename(files.directory),
  }
  const { outputLimitBytes, graceSeconds } = options
  return { id, attempt, resources, timeLimitSeconds, env, outputLimitBytes, graceSeconds }
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOTEMPTY' || code === 'EEXIST'
}
