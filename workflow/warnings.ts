import type { ForLoop, Step } from './schema/steps.ts'
import type { Credential, Run, Workflow } from './schema.ts'
import { ACTIONS, stepLists } from './walkSteps.ts'
import type { WorkflowPath } from './workflowPath.ts'

/** What a valid workflow surely does not mean; stable, for programs to switch on. */
export type WorkflowWarningCode =
  | 'step-empty'
  | 'step-unreached'
  | 'launch-ended-early'
  | 'exceeds-job'
  | 'has-no-effect'
  | 'deprecated'
  | 'credential-in-text'
  | 'needs-root'

/** A warning before it has a line and a column. */
export interface PlacedWarning {
  readonly path: WorkflowPath
  readonly code: WorkflowWarningCode
  readonly message: string
}

/** What is legal but surely wrong in a workflow. */
export function warningsOf(workflow: Workflow): readonly PlacedWarning[] {
  const lists = stepLists(workflow).map(({ path, steps }) => ({ path, steps: steps as readonly Step[] }))
  return [
    ...jobWarnings(workflow),
    ...lists.flatMap(({ steps, path }) => launchWarnings(steps, path)),
    ...lists.flatMap(({ steps, path }) => steps.flatMap((step, at) => stepWarnings(step, [...path, at], workflow))),
    ...credentialWarnings(workflow, []),
  ]
}

function jobWarnings(workflow: Workflow): readonly PlacedWarning[] {
  const { continuousOutputSync, input, inputMode, output } = workflow
  const warnings: PlacedWarning[] = []
  const idle = (name: string, why: string) => warnings.push({ path: [name], code: 'has-no-effect', message: why })
  if (continuousOutputSync && output?.s3 === undefined) {
    idle('continuousOutputSync', 'only output to S3 is sent while the job runs; it goes when the steps have ended')
  }
  if (inputMode !== undefined && input === undefined) idle('inputMode', 'there is no input whose mode it could set')
  return warnings
}

function stepWarnings(step: Step, path: WorkflowPath, workflow: Workflow): readonly PlacedWarning[] {
  const warnings: PlacedWarning[] = []
  const add = (field: WorkflowPath, code: WorkflowWarningCode, message: string) =>
    warnings.push({ path: [...path, ...field], code, message })
  if (ACTIONS.every((action) => step[action] === undefined)) {
    add([], 'step-empty', `this step does nothing; a step has one of ${ACTIONS.join(', ')}`)
  }
  if (step.for !== undefined && roundsOf(step.for) === 0 && step.for.steps.length > 0) {
    add(['for', 'steps'], 'step-unreached', 'nothing reaches these steps: the loop has no round')
  }
  const lists = [['steps'], ['for', 'steps'], ['launch', 'steps']] as const
  for (const place of lists) {
    const list = place.length === 1 ? step.steps : step[place[0]]?.steps
    if (list?.length === 0) add(place, 'step-empty', 'there are no steps in this list')
  }
  return step.run === undefined ? warnings : [...warnings, ...runWarnings(step.run, [...path, 'run'], workflow)]
}

/** How often a loop goes round. */
export function roundsOf({ items, range }: ForLoop): number {
  if (range === undefined) return items?.length ?? 0
  return Math.max(0, Math.floor((range.end - range.begin) / range.increment) + 1)
}

function runWarnings(run: Run, path: WorkflowPath, workflow: Workflow): readonly PlacedWarning[] {
  const warnings = [...resourceWarnings(run, [...path, 'resources'], workflow)]
  const add = (field: string, code: WorkflowWarningCode, message: string) =>
    warnings.push({ path: [...path, field], code, message })
  const hasOwnNetwork = run.network === 'slirp4netns' || run.network === 'pasta'
  if (!hasOwnNetwork && run.dns.length > 0) add('dns', 'has-no-effect', 'it needs network: slirp4netns or pasta')
  if (!hasOwnNetwork && run.customNetworkInterfaces.length > 0) {
    add('customNetworkInterfaces', 'has-no-effect', 'they need network: slirp4netns or pasta')
  }
  const isPrivate = run.customNetworkInterfaces.some(({ wireguard, vnet }) => (wireguard ?? vnet) !== undefined)
  if (isPrivate && run.mapUid !== 0) {
    add('customNetworkInterfaces', 'needs-root', 'WireGuard needs mapUid: 0 to make its interface')
  }
  if (run.customNetworkInterfaces.some(({ bore }) => bore?.address !== undefined)) {
    add('customNetworkInterfaces', 'deprecated', 'say boreAddress: host:port instead of address and port')
  }
  if ((run.container?.mounts.length ?? 0) > 0) {
    warnings.push({
      path: [...path, 'container', 'mounts'],
      code: 'deprecated',
      message: 'directories of the host are the provider’s to refuse; use $STORAGE_PATH or $DEEPSQUARE_TMP',
    })
  }
  if (run.command === '' && run.container === undefined) add('command', 'step-empty', 'this command does nothing')
  return warnings
}

function resourceWarnings({ resources }: Run, path: WorkflowPath, workflow: Workflow): readonly PlacedWarning[] {
  if (resources === undefined) return []
  const job = workflow.resources
  const { tasks, gpusPerTask, cpusPerTask = job.cpusPerTask, memPerCpu = job.memPerCpu } = resources
  const exceed = (field: string, asked: number, has: number, what: string): readonly PlacedWarning[] =>
    asked <= has
      ? []
      : [
          {
            path: [...path, field],
            code: 'exceeds-job',
            message: `this step takes ${asked} ${what}, the job has ${has}`,
          },
        ]
  const tooMany = exceed('tasks', tasks, job.tasks, 'tasks')
  const cpus = exceed('cpusPerTask', tasks * cpusPerTask, job.tasks * job.cpusPerTask, 'CPUs')
  const memory = tasks * cpusPerTask * memPerCpu
  const rest = [
    ...exceed('memPerCpu', memory, job.tasks * job.cpusPerTask * job.memPerCpu, 'MB'),
    ...exceed('gpusPerTask', tasks * gpusPerTask, job.gpus, 'GPUs'),
  ]
  // More tasks than there are need more of everything: the cause is told, not what follows from it.
  return tooMany.length > 0 ? tooMany : [...cpus, ...(cpus.length > 0 ? [] : rest)]
}

function launchWarnings(steps: readonly Step[], path: WorkflowPath): readonly PlacedWarning[] {
  return steps.flatMap((step, at) => {
    if (step.launch === undefined || step.launch.signalOnParentStepExit === 0) return []
    const name = step.launch.handleName?.toLowerCase()
    const isAwaited = steps.slice(at + 1).some(({ dependsOn }) => dependsOn.some((each) => each.toLowerCase() === name))
    const isLast = at === steps.length - 1
    if (isAwaited || !isLast) return []
    const message =
      'nothing follows these steps and nothing waits for them: they are ended as soon as they have started'
    return [{ path: [...path, at, 'launch'], code: 'launch-ended-early' as const, message }]
  })
}

const CREDENTIALS = new Set(['password', 'accessKeyId', 'secretAccessKey', 'privateKey', 'preSharedKey', 'secret'])

function credentialWarnings(value: unknown, path: WorkflowPath): readonly PlacedWarning[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
    const place = [...path, Array.isArray(value) ? Number(name) : name]
    if (!CREDENTIALS.has(name) || typeof (item as Credential) !== 'string') return credentialWarnings(item, place)
    const message = `name a secret: put its name under secrets and say ${name}: { fromSecret: NAME }`
    return [{ path: place, code: 'credential-in-text' as const, message }]
  })
}
