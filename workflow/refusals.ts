import type { RenderTarget } from './render/target.ts'
import type { Step } from './schema/steps.ts'
import type { Run, Workflow } from './schema.ts'
import { stepLists } from './walkSteps.ts'
import { pathText, type WorkflowPath } from './workflowPath.ts'

/** Why a provider does not run a workflow that is right by itself. */
export type RefusalReason =
  | 'host-mounts'
  | 'host-network'
  | 'uid-0'
  | 'containers-unsupported'
  | 'interfaces-unsupported'
  | 'map-uid-unsupported'
  | 'module-missing'

/** What a provider allows beyond what every workflow may do. */
export interface ProviderPolicy {
  /** Directories of the host that containers may mount, with all below them; none where the list is empty. */
  readonly hostMounts: readonly string[]
  /** Whether steps may share the network of the machine, as they do where they name none. */
  readonly hostNetwork: boolean
  /** Whether steps may believe to be root. */
  readonly rootUser: boolean
}

/** What providers allow that say nothing: the host's network, no directory of the host, root inside of a user namespace. */
export const DEFAULT_POLICY: ProviderPolicy = { hostMounts: [], hostNetwork: true, rootUser: true }

/** One refusal, for a program and for the customer. */
export interface Refusal {
  readonly path: string
  readonly reason: RefusalReason
  readonly message: string
}

/** Everything in a workflow that this provider does not run; empty where it runs all of it. */
export function refusalsOf(workflow: Workflow, target: RenderTarget, policy: ProviderPolicy): readonly Refusal[] {
  return stepLists(workflow).flatMap(({ path, steps }) =>
    (steps as readonly Step[]).flatMap(({ run, use }, at) => [
      ...(run === undefined ? [] : runRefusals(run, [...path, at, 'run'], target, policy)),
      ...(use !== undefined && use.module === undefined ? [missingModule([...path, at, 'use'], use.source)] : []),
    ]),
  )
}

function missingModule(path: WorkflowPath, source: string): Refusal {
  const message = `the module ${source} is not part of the definition; submit with a client that fetches modules`
  return { path: pathText(path), reason: 'module-missing', message }
}

function runRefusals(run: Run, path: WorkflowPath, target: RenderTarget, policy: ProviderPolicy): readonly Refusal[] {
  const refusals: Refusal[] = []
  const refuse = (field: string, reason: RefusalReason, message: string) =>
    refusals.push({ path: pathText([...path, field]), reason, message })
  const forbidden = (run.container?.mounts ?? []).filter(({ hostDir }) => !isBelow(hostDir, policy.hostMounts))
  for (const { hostDir } of forbidden) {
    refuse(
      'container',
      'host-mounts',
      `this provider gives containers no ${hostDir}; use $STORAGE_PATH or $DEEPSQUARE_TMP`,
    )
  }
  if (!policy.hostNetwork && (run.network ?? 'host') === 'host') {
    refuse('network', 'host-network', 'this provider does not share its network; say network: slirp4netns or pasta')
  }
  if (!policy.rootUser && (run.mapUid === 0 || run.mapGid === 0)) {
    refuse('mapUid', 'uid-0', 'this provider lets nobody be root; leave mapUid and mapGid out or give another number')
  }
  return [...refusals, ...unsupported(run, path, target)]
}

function unsupported(run: Run, path: WorkflowPath, target: RenderTarget): readonly Refusal[] {
  const refuse = (field: string, reason: RefusalReason, message: string): Refusal => ({
    path: pathText([...path, field]),
    reason,
    message,
  })
  const { containers, scheduler } = target
  const hasOwnNetwork = run.network !== undefined && run.network !== 'host'
  const isPyxis = containers === 'enroot' && scheduler === 'slurm'
  const interfaces = hasOwnNetwork ? run.customNetworkInterfaces : []
  const refusals: Refusal[] = []
  if (interfaces.some(({ vnet }) => vnet !== undefined)) {
    refusals.push(
      refuse('customNetworkInterfaces', 'interfaces-unsupported', 'no provider joins steps by vnet; use wireguard'),
    )
  }
  if (run.container === undefined) return refusals
  if (containers === 'none') {
    return [...refusals, refuse('container', 'containers-unsupported', 'this provider runs no containers')]
  }
  if (interfaces.length > 0 && (containers === 'podman' || isPyxis)) {
    refusals.push(
      refuse('customNetworkInterfaces', 'interfaces-unsupported', 'containers of this provider take no interfaces'),
    )
  }
  if (hasOwnNetwork && isPyxis) {
    refusals.push(
      refuse('network', 'interfaces-unsupported', 'containers of this provider share the network of the machine'),
    )
  }
  const mapsOther = (run.mapUid ?? 0) !== 0 || (run.mapGid ?? 0) !== 0
  if (mapsOther && containers !== 'podman' && !hasOwnNetwork) {
    refusals.push(
      refuse('mapUid', 'map-uid-unsupported', `${containers} maps to root alone; leave mapUid out or say 0`),
    )
  }
  return refusals
}

function isBelow(path: string, directories: readonly string[]): boolean {
  return directories.some((directory) => path === directory || path.startsWith(`${directory.replace(/\/$/, '')}/`))
}
