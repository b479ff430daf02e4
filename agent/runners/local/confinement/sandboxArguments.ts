import { dirname } from 'node:path'
import { type Confinement, SANDBOX_HOME } from './confinement.ts'

export const BUBBLEWRAP = '/usr/bin/bwrap'
const SETPRIV = '/usr/bin/setpriv'

/** What of the machine every job may read: its system, and nothing that names its people or holds its secrets. */
const SYSTEM = ['/usr', '/opt', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/sys/devices/system/cpu']
const CONFIGURATION = [
  'alternatives',
  'bash.bashrc',
  'ca-certificates',
  'host.conf',
  'hosts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'nsswitch.conf',
  'openmpi',
  'profile.d',
  'protocols',
  'services',
  'ssl/certs',
]
const NETWORK_CONFIGURATION = ['resolv.conf']

/** What one execution puts into its sandbox; the paths are those of the machine. */
export interface SandboxContent {
  /** Bytes of shared memory. */
  readonly shmBytes: number
  readonly files?: {
    readonly home: string
    readonly temporary: string
    readonly script: string
    readonly environment: string
    readonly passwd: string
    readonly group: string
  }
  /** Device files beside the usual ones, such as those of gpus. */
  readonly devices?: readonly string[]
}

/** The options of bubblewrap, and the command within the sandbox that goes before the job's own. */
export function sandboxArguments(
  { network, readable, user }: NonNullable<Confinement['sandbox']>,
  { shmBytes, files, devices = [] }: SandboxContent,
): { readonly before: readonly string[]; readonly within: readonly string[] } {
  const configuration = network === 'host' ? [...CONFIGURATION, ...NETWORK_CONFIGURATION] : CONFIGURATION
  const before = [
    ...(user === undefined ? ['--unshare-user-try'] : []),
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...(network === 'none' ? ['--unshare-net'] : []),
    ...['--die-with-parent', '--hostname', 'job', '--chdir', '/'],
    ...[...SYSTEM, ...configuration.map((name) => `/etc/${name}`), ...readable].flatMap(readOnly),
    ...['--proc', '/proc', '--dev', '/dev', '--size', String(shmBytes), '--perms', '1777', '--tmpfs', '/dev/shm'],
    ...devices.flatMap((device) => ['--dev-bind-try', device, device]),
    ...['--remount-ro', '/dev'],
    ...(files === undefined ? [] : ownFiles(files)),
    ...['--remount-ro', '/', '--clearenv'],
    ...(user === undefined ? [] : ['--cap-drop', 'ALL', ...['SETUID', 'SETGID', 'SETPCAP'].flatMap(capability)]),
  ]
  const within =
    user === undefined
      ? []
      : [
          SETPRIV,
          `--reuid=${user.uid}`,
          `--regid=${user.gid}`,
          '--clear-groups',
          '--inh-caps=-all',
          '--bounding-set=-all',
        ]
  return { before, within }
}

/** Where a sandboxed script lies, and its variables as bash reads them: bubblewrap itself has room for few. */
export const SANDBOX_SCRIPT = '/run/job/script.sh'
export const SANDBOX_ENVIRONMENT = '/run/job/environment.sh'

function ownFiles(files: NonNullable<SandboxContent['files']>): readonly string[] {
  const { home, temporary, script, environment, passwd, group } = files
  return [
    ...[SANDBOX_HOME, SANDBOX_SCRIPT].flatMap(parents),
    ...['--bind', home, SANDBOX_HOME, '--bind', temporary, '/tmp'],
    ...['--ro-bind', script, SANDBOX_SCRIPT, '--ro-bind', environment, SANDBOX_ENVIRONMENT],
    ...['--ro-bind', passwd, '/etc/passwd', '--ro-bind', group, '/etc/group'],
  ]
}

function readOnly(path: string): readonly string[] {
  return [...parents(path), '--ro-bind-try', path, path]
}

/** The directories on the way to a mount: those that bubblewrap makes unasked are for root alone. */
function parents(path: string): readonly string[] {
  const parent = dirname(path)
  return parent === '/' ? [] : [...parents(parent), '--perms', '0755', '--dir', parent]
}

function capability(name: string): readonly string[] {
  return ['--cap-add', `CAP_${name}`]
}
