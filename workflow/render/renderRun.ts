import { quoteForBash } from '../quoteForBash.ts'
import type { Run, Workflow } from '../schema.ts'
import { renderContainer } from './renderContainer.ts'
import { renderNetwork } from './renderNetwork.ts'
import type { RenderTarget } from './target.ts'
import { assignment, word } from './words.ts'

/** The command of a step: functions that it needs, and the lines that run it. */
export interface RenderedRun {
  readonly functions: string
  readonly lines: readonly string[]
}

/** A command and where it runs. */
export interface RunOrder {
  readonly run: Run
  /** Unique in the script; part of names. */
  readonly id: string
  readonly name: string
  readonly workflow: Workflow
  readonly target: RenderTarget
}

/** The lines that run one command, on the host or in a container, once or as several tasks. */
export function renderRun({ run, id, name, workflow, target }: RunOrder): RenderedRun {
  const container = run.container === undefined ? undefined : renderContainer(run, run.container, target)
  const network = target.containers === 'podman' && container !== undefined ? undefined : renderNetwork(id, run)
  const inner = container?.words ?? ['/usr/bin/env', '"${vars[@]}"', run.shell, '-c', quoteForBash(run.command)]
  const user = container === undefined && network === undefined ? mappedUser(run) : []
  const srun = target.scheduler === 'slurm' ? srunWords(run, name, workflow, container?.srunFlags ?? []) : []
  const words = [...(container?.environment ?? []), ...srun, ...(network?.words ?? []), ...user, ...inner]
  const command = `${starter(run, target)} ${directory(run)} ${words.join(' ')}`
  const after = container?.after ?? []
  return {
    functions: network?.functions ?? '',
    lines: [
      variables(run),
      ...(container?.before ?? []),
      ...(after.length === 0 ? [command] : [command, 'local status=$?', ...after, 'return "$status"']),
    ],
  }
}

function variables(run: Run): string {
  const own = [`GPUS_PER_TASK=${run.resources?.gpusPerTask ?? 0}`, ...run.env.map(assignment)].join(' ')
  const places = run.container === undefined ? '"$STORAGE_PATH" "$secrets"' : '/deepsquare /run/deepsquare-secrets'
  return `variables ${places} ${own}`
}

/** srun starts all tasks by itself. */
function starter({ resources }: Run, { scheduler }: RenderTarget): string {
  const tasks = resources?.tasks ?? 1
  return scheduler === 'slurm' || tasks === 1 ? 'run' : `run_tasks ${tasks}`
}

/** A path that `cd` takes for nothing else, as it would `-` and names in CDPATH. Containers have their own way to start elsewhere. */
function directory({ workDir, container }: Run): string {
  if (workDir === undefined || container !== undefined) return '.'
  return word(workDir.startsWith('/') ? workDir : `./${workDir}`)
}

function mappedUser({ mapUid, mapGid }: Run): readonly string[] {
  if (mapUid === undefined && mapGid === undefined) return []
  const user = mapUid === undefined ? [] : [`--map-user=${mapUid}`]
  return ['unshare', '--user', ...user, ...(mapGid === undefined ? [] : [`--map-group=${mapGid}`]), '--']
}

function srunWords(run: Run, name: string, { resources: job }: Workflow, flags: readonly string[]): readonly string[] {
  const { tasks, gpusPerTask, cpusPerTask, memPerCpu } = { tasks: 1, gpusPerTask: 0, ...run.resources }
  return [
    'srun',
    `--job-name=${word(name)}`,
    `--ntasks=${tasks}`,
    `--cpus-per-task=${cpusPerTask ?? job.cpusPerTask}`,
    `--mem-per-cpu=${memPerCpu ?? job.memPerCpu}M`,
    // Without it a step takes every GPU of the job, and rounds of a loop wait for each other.
    job.gpus === 0 ? '' : gpusPerTask === 0 ? '--gres=none' : `--gpus-per-task=${gpusPerTask}`,
    run.disableCpuBinding ? '--cpu-bind=none' : '',
    run.mpi === undefined ? '' : `--mpi=${run.mpi}`,
    '--exact',
    ...flags,
  ].filter((one) => one !== '')
}
