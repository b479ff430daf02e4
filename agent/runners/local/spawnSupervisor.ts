import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ExecutionDirectory } from './executionDirectory.ts'

const SUPERVISOR = fileURLToPath(new URL('./supervisor.ts', import.meta.url))

/** Starts a supervisor in a session of its own, with nothing of the agent's environment. Of several only one gets to work. */
export async function spawnSupervisor(files: ExecutionDirectory, node: string): Promise<void> {
  const complaints = openSync(files.complaints, 'a', 0o600)
  try {
    const supervisor = spawn(node, [SUPERVISOR, files.directory], {
      cwd: files.directory,
      env: {},
      detached: true,
      stdio: ['ignore', 'ignore', complaints],
    })
    supervisor.unref()
    await once(supervisor, 'spawn')
  } finally {
    closeSync(complaints)
  }
}
