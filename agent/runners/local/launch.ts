import { closeSync, openSync } from 'node:fs'
import { readText } from '../../files/readText.ts'
import { writeAndSync } from '../../files/writeDurably.ts'
import { cgroupsOf, memoryBytesOf } from './confinement/cgroups.ts'
import { type Confinement, SANDBOX_HOME, UNCONFINED } from './confinement/confinement.ts'
import { BUBBLEWRAP, SANDBOX_ENVIRONMENT, SANDBOX_SCRIPT, sandboxArguments } from './confinement/sandboxArguments.ts'
import type { ExecutionDirectory, Spec } from './executionDirectory.ts'

const PRLIMIT = '/usr/bin/prlimit'
const GPU_DEVICES = ['/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia-uvm-tools', '/dev/kfd', '/dev/dri']
const MOST_GPUS = 16

/** Enters the control groups, then becomes what follows; a group that cannot be entered ends it before anything of the job runs. */
const ENTER = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 125; shift; done; shift; exec "$@"'
/** One stream for both outputs keeps the order in which the script wrote them. */
const SCRIPT = ['/bin/bash', '-c', 'exec /bin/bash "$0" 2>&1'] as const
/** Only the job's user may enter its home; what the environment holds takes effect no sooner than there. */
const ENTER_HOME = `. ${SANDBOX_ENVIRONMENT} && cd ${SANDBOX_HOME} && unset OLDPWD && exec /bin/bash "$0" 2>&1`
const SANDBOXED_SCRIPT = ['/bin/bash', '-c', ENTER_HOME, SANDBOX_SCRIPT] as const

/** A command to start, and descriptors for it from 3 on. */
export interface Launch {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly descriptors: readonly number[]
  /** The file in which bubblewrap says how far it came; undefined where there is no sandbox. */
  readonly sandboxStatus: string | undefined
  /** Closes what was opened for it, once it is started. */
  close(): void
}

/** How the script of an execution is started: in its control groups, under its limits, in its sandbox. */
export function launchOf(files: ExecutionDirectory, name: string, spec: Spec): Launch {
  const { cgroups, limits, sandbox } = confinementOf(spec)
  const entered = cgroupsOf(limits === undefined ? undefined : cgroups, name)
  const before = ['-c', ENTER, 'launch', ...entered, '--', ...limitArguments(spec)]
  if (sandbox === undefined) {
    return {
      args: [...before, ...SCRIPT, files.script],
      env: spec.env,
      descriptors: [],
      sandboxStatus: undefined,
      close() {},
    }
  }
  const options = sandboxArguments(sandbox, {
    shmBytes: memoryBytesOf(spec.resources),
    files,
    devices: spec.resources.gpus > 0 ? gpuDevices() : [],
  })
  // Not on the command line, which has room for few variables and shows them to every user of the machine.
  writeAndSync(files.sandbox, options.before.map((argument) => `${argument}\0`).join(''))
  const descriptors = [openSync(files.sandbox, 'r'), openSync(files.sandboxStatus, 'w', 0o600)]
  const inside = [...processLimit(spec), ...options.within, ...SANDBOXED_SCRIPT]
  return {
    args: [...before, BUBBLEWRAP, '--args', '3', '--json-status-fd', '4', '--', ...inside],
    env: {},
    descriptors,
    sandboxStatus: files.sandboxStatus,
    close: () => descriptors.forEach((descriptor) => void closeSync(descriptor)),
  }
}

/** Whether the sandbox came as far as starting the script: bubblewrap tells an exit code of nothing else. */
export function hasStarted({ sandboxStatus }: Launch): boolean {
  return sandboxStatus === undefined || (readText(sandboxStatus) ?? '').includes('"exit-code"')
}

/** Specs of before there were confinements have none. */
export function confinementOf({ confinement }: Spec): Confinement {
  return confinement ?? UNCONFINED
}

function limitArguments(spec: Spec): readonly string[] {
  const { cgroups, limits } = confinementOf(spec)
  if (limits === undefined) return []
  const { diskBytes, openFiles } = limits
  const memory = cgroups?.memory === undefined ? [`--data=${memoryBytesOf(spec.resources)}`] : []
  return [PRLIMIT, '--core=0', `--nofile=${openFiles}`, `--fsize=${diskBytes}`, ...memory, '--']
}

/** Inside the sandbox, so that it counts no process of the machine where the sandbox has users of its own. */
function processLimit(spec: Spec): readonly string[] {
  const { cgroups, limits } = confinementOf(spec)
  if (limits === undefined || cgroups?.pids !== undefined) return []
  return [PRLIMIT, `--nproc=${limits.processes}`, '--']
}

function gpuDevices(): readonly string[] {
  return [...GPU_DEVICES, ...Array.from({ length: MOST_GPUS }, (_, index) => `/dev/nvidia${index}`)]
}
