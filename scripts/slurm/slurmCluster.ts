import { type ChildProcess, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, chmodSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../grid/freePort.ts'
import { type Accounting, startAccounting } from './accounting.ts'
import { daemon, killed, output, untilTrue } from './daemon.ts'
import { cgroupConf, completionFile, gresConf, type SlurmShape, slurmConf, slurmdbdConf } from './slurmConf.ts'

const PROGRAMS = ['slurmctld', 'slurmd', 'slurmdbd', 'munged', 'mariadbd'].map((name) => `/usr/sbin/${name}`)

/** Why no cluster can be started on this machine; undefined where one can. */
export function whyNoSlurm(): string | undefined {
  if (userInfo().uid !== 0) return 'the daemons of a test cluster are started as root'
  const missing = PROGRAMS.filter((program) => !existsSync(program))
  return missing.length === 0 ? undefined : `there is no ${missing.join(', ')}: run scripts/setup-debian.sh`
}

/** What can be chosen about a cluster. */
export interface SlurmOptions {
  readonly name: string
  /** An existing folder that every user may enter; the cluster lives in it. */
  readonly folder: string
  readonly nodes?: number
  readonly cpus?: number
  readonly mem?: number
  readonly gpus?: number
  readonly hasAccounting?: boolean
  readonly hasCgroups?: boolean
  readonly extra?: readonly string[]
  /** Environment of every daemon. */
  readonly env?: Readonly<Record<string, string>>
}

/** A real Slurm cluster on this machine alone: one controller, several slurmd, each with processes of its own, and no systemd. */
export class SlurmCluster {
  readonly shape: SlurmShape
  readonly confPath: string
  readonly #env: Readonly<Record<string, string>>
  readonly #nodes = new Map<string, ChildProcess>()
  #munge: ChildProcess | undefined
  #controller: ChildProcess | undefined
  #accounting: Accounting | undefined

  private constructor(shape: SlurmShape, env: Readonly<Record<string, string>>) {
    this.shape = shape
    this.confPath = join(shape.folder, 'slurm.conf')
    this.#env = { ...env, SLURM_CONF: this.confPath }
  }

  /** Starts one and waits until all its nodes are idle. */
  static async start(options: SlurmOptions): Promise<SlurmCluster> {
    const ports = await Promise.all(Array.from({ length: 3 + (options.nodes ?? 2) }, freePort))
    const [controller = 0, accounting = 0, database = 0, ...nodes] = ports
    const { name, folder, cpus = 8, mem = 16_000, gpus = 2, hasAccounting = false, hasCgroups = false } = options
    const [host = 'localhost'] = hostname().split('.')
    const about = { name, folder: join(folder, name), host, user: userInfo().username }
    const size = { cpus, mem, gpus, hasAccounting, hasCgroups, extra: options.extra ?? [] }
    const shape = { ...about, ...size, ports: { controller, accounting, database, nodes } }
    const cluster = new SlurmCluster(shape, options.env ?? {})
    try {
      await cluster.#boot()
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  get nodeNames(): readonly string[] {
    return this.shape.ports.nodes.map((_, index) => `${this.shape.name}${index + 1}`)
  }

  /** The file with what ended, where there is no accounting. */
  get completions(): string {
    return completionFile(this.shape)
  }

  /** Runs a command of Slurm as root against this cluster. */
  run(command: string, ...args: readonly string[]): Promise<string> {
    return output(command, args, { ...this.#env, SLURM_TIME_FORMAT: '%s' })
  }

  /** The node dies with everything on it. */
  async killNode(node: string): Promise<void> {
    await killed(this.#nodes.get(node))
  }

  /** The node comes back after a death, as after a boot. */
  startNode(node: string): void {
    rmSync(join(this.shape.folder, 'spool', node), { recursive: true, force: true })
    this.#startNode(node)
  }

  /** The node hangs, or goes on: its slurmd and what it started. */
  signalNode(node: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const pid of descendants(this.#nodes.get(node)?.pid ?? 0)) process.kill(pid, signal)
  }

  /** The controller dies where it stands. */
  async killController(): Promise<void> {
    await killed(this.#controller)
  }

  async startController(): Promise<void> {
    this.#controller = this.#daemon('/usr/sbin/slurmctld', ['-D', '-i', '-f', this.confPath], 'slurmctld')
    await untilTrue('the controller', async () => (await this.run('scontrol', 'ping')).includes('is UP'))
  }

  /** The daemon of the accounting dies. */
  async killAccounting(): Promise<void> {
    await this.#accounting?.killDaemon()
  }

  async startAccounting(): Promise<void> {
    await this.#accounting?.startDaemon()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => killed(node)))
    await killed(this.#controller)
    await this.#accounting?.stop()
    await killed(this.#munge)
  }

  async #boot(): Promise<void> {
    this.#prepare()
    this.#munge = this.#startMunge()
    const { folder } = this.shape
    await untilTrue('munged', async () => (await output('munge', ['-S', `${folder}/munge/socket`, '-n'])) !== '')
    if (this.shape.hasAccounting) this.#accounting = await startAccounting(this.shape, this.#env)
    await this.startController()
    for (const node of this.nodeNames) this.#startNode(node)
    const idle = `idle ${this.nodeNames.length}`
    await untilTrue('the nodes', async () => (await this.run('sinfo', '-h', '-o', '%t %D')).trim() === idle)
  }

  #prepare(): void {
    const { shape, confPath } = this
    for (const part of ['log', 'pid', 'state', 'spool', 'munge', 'dev']) {
      mkdirSync(join(shape.folder, part), { recursive: true, mode: 0o755 })
    }
    for (const open of [shape.folder, join(shape.folder, 'munge')]) chmodSync(open, 0o755)
    writeFileSync(join(shape.folder, 'munge/key'), randomBytes(1024), { mode: 0o600 })
    for (let gpu = 0; gpu < shape.gpus; gpu++) device(join(shape.folder, `dev/gpu${gpu}`))
    writeFileSync(confPath, slurmConf(shape))
    writeFileSync(join(shape.folder, 'gres.conf'), gresConf(shape))
    writeFileSync(join(shape.folder, 'cgroup.conf'), cgroupConf())
    writeFileSync(join(shape.folder, 'slurmdbd.conf'), slurmdbdConf(shape), { mode: 0o600 })
  }

  #startMunge(): ChildProcess {
    const part = (name: string): string => join(this.shape.folder, 'munge', name)
    const files = [`--key-file=${part('key')}`, `--socket=${part('socket')}`, `--seed-file=${part('seed')}`]
    const own = [`--pid-file=${part('pid')}`, `--log-file=${join(this.shape.folder, 'log/munged.log')}`]
    return this.#daemon('/usr/sbin/munged', ['-F', '--force', ...files, ...own], 'munged')
  }

  /** A node has a process namespace of its own, so that what runs on it dies with it. */
  #startNode(node: string): void {
    // Bash stands first in the namespace since slurmd does not clear away what its children leave behind.
    const init = ['bash', '-c', '"$@" & wait', 'node', '/usr/sbin/slurmd', '-D', '-N', node, '-f', this.confPath]
    const namespace = ['--pid', '--mount', '--fork', '--kill-child=KILL', '--mount-proc', ...init]
    this.#nodes.set(node, this.#daemon('unshare', namespace, `slurmd.${node}`))
  }

  #daemon(command: string, args: readonly string[], name: string): ChildProcess {
    return daemon(command, args, join(this.shape.folder, 'log', `${name}.out`), this.#env)
  }
}

function device(file: string): void {
  try {
    accessSync(file, constants.F_OK)
  } catch {
    execFileSync('mknod', ['-m', '666', file, 'c', '1', '3'])
  }
}

/** A process and everything that it started. */
function descendants(pid: number): readonly number[] {
  const children = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const below = (parent: number): readonly number[] =>
    children.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []))
  return below(pid)
}
