import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A service that ended, or said something else than that it is ready, before it was. */
export class ServiceNotStarted extends Error {
  readonly code = 'SERVICE_NOT_STARTED'
  override readonly name = 'ServiceNotStarted'
  constructor(service: string, output: string) {
    super(`${service} did not start. The last that it said:\n${output}`)
  }
}

/** A running process of the grid. */
export interface Service {
  readonly name: string
  readonly process: ChildProcess
  /** Where it listens; undefined for one that serves nothing. */
  readonly url: string | undefined
  /** Asks it to stop and waits until it has; kills it after ten seconds. */
  stop(): Promise<void>
}

/** What a service is started with. */
export interface ServiceSettings {
  readonly name: string
  /** Entry point below the root of the repository. */
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
  /** Folder for its log and where it works. */
  readonly folder: string
}

/** Starts a service as a process of its own and waits for its log to say that it listens or is ready. */
export async function startService(settings: ServiceSettings): Promise<Service> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, settings.entry)], {
    cwd: root,
    // A group of its own: Ctrl-C reaches the grid alone, which then stops its services in order.
    detached: true,
    env: { ...inherited(), GRID_FOLDER: settings.folder, ...settings.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = await readyUrl(settings, child)
  return { name: settings.name, process: child, url, stop: () => stopProcess(child) }
}

/** Asks a process to stop, waits until it has, and kills it after ten seconds. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(timer)
}

function readyUrl(settings: ServiceSettings, child: ChildProcess): Promise<string | undefined> {
  const log = createWriteStream(join(settings.folder, `${settings.name}.log`), { flags: 'a' })
  const said: string[] = []
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new ServiceNotStarted(settings.name, said.slice(-20).join('\n'))))
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`)
        said.push(line)
        if (said.length > 20) said.shift()
        const entry = logEntry(line)
        if (entry?.msg === 'listening' || entry?.msg === 'ready') resolve(entry.url)
      })
    }
  })
}

function logEntry(line: string): { msg?: string; url?: string } | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as { msg?: string; url?: string }
  } catch {
    // A line that a crash cut short is no log entry.
    return undefined
  }
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
