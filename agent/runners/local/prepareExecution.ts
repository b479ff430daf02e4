import { randomUUID } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { quoteForBash } from '../../../workflow/quoteForBash.ts'
import { syncDirectory, writeAndSync } from '../../files/writeDurably.ts'
import type { ExecutionOrder } from '../runner.ts'
import { type Confinement, SANDBOX_HOME, UNCONFINED } from './confinement/confinement.ts'
import { type ExecutionDirectory, executionDirectory, type Spec } from './executionDirectory.ts'
import { EXECUTION_MARK } from './processes.ts'

/** What every execution of a runner is given. */
export interface ExecutionSettings {
  /** PATH of the scripts. */
  readonly path: string
  readonly outputLimitBytes: number
  /** Between SIGTERM and SIGKILL. */
  readonly graceSeconds: number
  /** How executions are kept apart; absent: not at all. */
  readonly confinement?: Confinement
}

/** Writes down what is to run. The directory appears whole, once: of several that prepare one name the first counts. */
export function prepareExecution(files: ExecutionDirectory, order: ExecutionOrder, options: ExecutionSettings): void {
  const parent = dirname(files.directory)
  const draft = executionDirectory(join(parent, `.${basename(files.directory)}.${randomUUID()}.tmp`))
  mkdirSync(draft.home, { recursive: true, mode: 0o700 })
  writeAndSync(draft.script, order.script)
  const spec = specOf(files, order, options)
  prepareSandbox(draft, spec)
  writeAndSync(draft.limit, JSON.stringify(order.timeLimitSeconds))
  writeAndSync(draft.spec, JSON.stringify(spec))
  syncDirectory(draft.directory)
  try {
    renameSync(draft.directory, files.directory)
  } catch (error) {
    rmSync(draft.directory, { recursive: true, force: true })
    if (!isTaken(error)) throw error
  }
  syncDirectory(parent)
}

/** Files that only the job's user and the agent can reach, since the directory around them is the agent's alone. */
function prepareSandbox(draft: ExecutionDirectory, { env, confinement }: Spec): void {
  const sandbox = confinement?.sandbox
  if (sandbox === undefined) return
  const { uid, gid } = sandbox.user ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  mkdirSync(draft.temporary, { mode: 0o700 })
  const variables = Object.entries(env).map(([key, value]) => `export ${key}=${quoteForBash(value)}\n`)
  writeAndSync(draft.environment, variables.join(''))
  writeAndSync(draft.passwd, `job:x:${uid}:${gid}:job:${SANDBOX_HOME}:/bin/bash\n`)
  writeAndSync(draft.group, `job:x:${gid}:\n`)
  for (const file of [draft.script, draft.environment, draft.passwd, draft.group]) chmodSync(file, 0o644)
  if (sandbox.user !== undefined) for (const own of [draft.home, draft.temporary]) chownSync(own, uid, gid)
}

/** What the script sees is what the workflow sets, and these: nothing of the agent's own environment. */
function specOf(files: ExecutionDirectory, order: ExecutionOrder, options: ExecutionSettings): Spec {
  const { id, attempt, resources, timeLimitSeconds } = order
  const env = {
    PATH: options.path,
    HOME: options.confinement?.sandbox === undefined ? files.home : SANDBOX_HOME,
    LANG: 'C.UTF-8',
    ...order.env,
    DEEPSQUARE_JOB_ID: id,
    DEEPSQUARE_ATTEMPT: String(attempt),
    [EXECUTION_MARK]: basename(files.directory),
  }
  const { outputLimitBytes, graceSeconds, confinement = UNCONFINED } = options
  return { id, attempt, resources, timeLimitSeconds, env, outputLimitBytes, graceSeconds, confinement }
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOTEMPTY' || code === 'EEXIST'
}
