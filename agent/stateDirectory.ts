import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Deployment } from '../sdk/deployments/deployment.ts'
import { StartRefused, StateDirForeign, StateDirTaken, StateDirUnusable } from './errors.ts'
import { readText } from './files/readText.ts'
import { createDurably } from './files/writeDurably.ts'
import { identify, isAlive, type ProcessIdentity } from './runners/local/processes.ts'

/** The state directory, held for one process. */
export interface StateDirectory extends Disposable {
  readonly path: string
}

/**
 * Takes the state directory for this process, provider and grid. Throws StateDirUnusable, StateDirTaken or StateDirForeign. What a
 * killed agent held is free again.
 */
export function takeStateDirectory(
  path: string,
  deployment: Deployment,
  provider: number,
  pid: number,
): StateDirectory {
  const lock = join(path, 'agent.lock')
  const release = (): void => rmSync(lock, { force: true })
  usable(path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    takeLock(path, lock, pid)
  })
  try {
    usable(path, () => checkOwner(path, `provider ${provider} of ${deployment.jobs} on chain ${deployment.chainId}`))
  } catch (error) {
    release()
    throw error
  }
  return { path, [Symbol.dispose]: release }
}

function usable(path: string, use: () => void): void {
  try {
    use()
  } catch (error) {
    if (error instanceof StartRefused) throw error
    throw new StateDirUnusable(path, (error as Error).message)
  }
}

function takeLock(path: string, lock: string, pid: number): void {
  const self = JSON.stringify(identify(pid))
  if (createDurably(lock, self)) return
  const holder = JSON.parse(readText(lock) ?? '{"pid":0}') as ProcessIdentity
  if (isAlive(holder)) throw new StateDirTaken(path, holder.pid)
  rmSync(lock, { force: true })
  if (!createDurably(lock, self)) throw new StateDirTaken(path, holder.pid)
}

function checkOwner(path: string, wanted: string): void {
  const file = join(path, 'owner')
  if (createDurably(file, wanted)) return
  const owner = readText(file) ?? ''
  if (owner !== wanted) throw new StateDirForeign(path, owner, wanted)
}
