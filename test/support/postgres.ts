import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from 'mocha'
import pg from 'pg'

const DEBIAN_FOLDER = '/usr/lib/postgresql'
const ACCOUNT = 'postgres'
const START_TIMEOUT_MS = 30_000

/** A real PostgreSQL in a folder of its own, on a socket that is not reached from outside. */
export interface TestPostgres {
  /** A new, empty database. */
  database(): Promise<string>
  /** Kills every process of the server at once, as a crash would. */
  kill(): Promise<void>
  /** Starts the server again upon the same files. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Starts a server, or skips the test and says what to install. */
export async function postgresFor(context: Context): Promise<TestPostgres> {
  const binaries = newestBinaries()
  if (binaries === undefined) {
    process.stderr.write('No PostgreSQL: run scripts/setup-debian.sh as root (apt-get install postgresql).\n')
    return context.skip()
  }
  const folder = mkdtempSync(join(tmpdir(), 'grid-postgres-'))
  const identity = unprivileged()
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid ?? identity.uid)
  const data = join(folder, 'data')
  const options = ['--pgdata', data, '--username', ACCOUNT, '--auth', 'trust', '--no-sync', '--encoding', 'UTF8']
  execFileSync(join(binaries, 'initdb'), [...options, '--locale', 'C'], { ...identity, stdio: 'ignore', cwd: folder })
  const server = new Server(join(binaries, 'postgres'), folder, identity)
  await server.start()
  return server
}

interface Identity {
  readonly uid?: number
  readonly gid?: number
}

class Server implements TestPostgres {
  readonly #binary: string
  readonly #folder: string
  readonly #identity: Identity
  #child: ChildProcess | undefined
  #databases = 0

  constructor(binary: string, folder: string, identity: Identity) {
    this.#binary = binary
    this.#folder = folder
    this.#identity = identity
  }

  async start(): Promise<void> {
    const deadline = AbortSignal.timeout(START_TIMEOUT_MS)
    let child = this.#spawn()
    while (!(await this.#answers())) {
      deadline.throwIfAborted()
      // After a crash the memory that the killed processes shared may be held for a moment more, and the server ends at once.
      if (child.exitCode !== null || child.signalCode !== null) child = this.#spawn()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async database(): Promise<string> {
    this.#databases += 1
    const name = `grid_${this.#databases}`
    await this.#asks(`CREATE DATABASE ${name}`)
    return this.#url(name)
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child?.pid === undefined) return
    const children = execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
    const exit = once(child, 'exit')
    for (const pid of [String(child.pid), ...children]) killQuietly(Number(pid))
    await exit
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit')
      // Ends without waiting for the connections that are open.
      child.kill('SIGINT')
      await exit
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #spawn(): ChildProcess {
    const data = join(this.#folder, 'data')
    // What is tested are crashes of processes, not of the machine: nothing waits for the disk.
    const settings = ['fsync=off', 'listen_addresses=', `unix_socket_directories=${this.#folder}`]
    const child = spawn(this.#binary, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      ...this.#identity,
      cwd: this.#folder,
      stdio: 'ignore',
    })
    this.#child = child
    return child
  }

  #url(database: string): string {
    return `postgresql:///${database}?host=${encodeURIComponent(this.#folder)}&user=${ACCOUNT}`
  }

  async #answers(): Promise<boolean> {
    return this.#asks('SELECT 1').then(
      () => true,
      () => false,
    )
  }

  async #asks(query: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url('postgres') })
    // Until it listens, and while it recovers, the connection is refused.
    client.on('error', () => {})
    await client.connect()
    await client.query(query).finally(() => client.end())
  }
}

function newestBinaries(): string | undefined {
  if (!existsSync(DEBIAN_FOLDER)) return undefined
  const versions = readdirSync(DEBIAN_FOLDER).sort((left, right) => Number(right) - Number(left))
  return versions.map((version) => join(DEBIAN_FOLDER, version, 'bin')).find((path) => existsSync(join(path, 'initdb')))
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string) => Number(execFileSync('id', [flag, ACCOUNT], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
