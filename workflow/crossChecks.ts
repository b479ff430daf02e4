import { nearestWord } from './nearestWord.ts'
import { ACTIONS, field, isMap, stepLists } from './walkSteps.ts'
import type { WorkflowErrorCode } from './workflowError.ts'
import { pathText, quoted, type WorkflowPath } from './workflowPath.ts'

/** What is wrong between fields that are right by themselves. */
export interface CrossFault {
  readonly path: WorkflowPath
  readonly on: 'key' | 'value'
  readonly code: WorkflowErrorCode
  readonly message: string
}

/**
 * Checks what no single field shows: what excludes what, and names that must be somewhere else. Takes plain data, so that it
 * tells its faults beside those of the schema.
 */
export function crossFaults(workflow: unknown): readonly CrossFault[] {
  const lists = stepLists(workflow)
  const steps = lists.flatMap(({ path, steps: list }) => list.map((step, at) => ({ step, path: [...path, at] })))
  return [
    ...['input', 'output'].flatMap((name) => oneOf(field(workflow, name), ['http', 's3'], [name])),
    ...lists.flatMap(({ steps: list, path }) => handleFaults(list, path)),
    ...steps.flatMap(({ step, path }) => stepFaults(step, path, workflow)),
    ...secretFaults(workflow, workflow, []),
  ]
}

function stepFaults(step: unknown, path: WorkflowPath, workflow: unknown): readonly CrossFault[] {
  const doubled = oneOf(step, ACTIONS, path).filter(({ code }) => code !== 'field-missing')
  const run = field(step, 'run')
  const shell = field(run, 'shell')
  const faults = [...doubled, ...loopFaults(field(step, 'for'), [...path, 'for'])]
  if (shell === 'ENTRYPOINT' && field(run, 'container') === undefined) {
    faults.push(
      fault([...path, 'run', 'shell'], 'conflict', 'ENTRYPOINT is of an image; say container, or another shell'),
    )
  }
  const interfaces = field(run, 'customNetworkInterfaces')
  if (!Array.isArray(interfaces)) return faults
  const at = [...path, 'run', 'customNetworkInterfaces']
  return [...faults, ...interfaces.flatMap((one, index) => interfaceFaults(one, [...at, index], workflow))]
}

function loopFaults(loop: unknown, path: WorkflowPath): readonly CrossFault[] {
  return oneOf(loop, ['items', 'range'], path)
}

function interfaceFaults(one: unknown, path: WorkflowPath, workflow: unknown): readonly CrossFault[] {
  const faults = [...oneOf(one, ['wireguard', 'bore', 'vnet'], path)]
  const bore = field(one, 'bore')
  if (isMap(bore)) faults.push(...oneOf(bore, ['boreAddress', 'address'], [...path, 'bore']))
  const name = field(field(one, 'vnet'), 'name')
  if (typeof name !== 'string') return faults
  const networks = field(workflow, 'virtualNetworks')
  const known = Array.isArray(networks) ? networks.map((network) => field(network, 'name')).filter(isText) : []
  if (known.includes(name)) return faults
  return [...faults, unknownName([...path, 'vnet', 'name'], name, known, 'a name in virtualNetworks')]
}

function handleFaults(steps: readonly unknown[], path: WorkflowPath): readonly CrossFault[] {
  const known: string[] = []
  const all = steps.map((step) => field(field(step, 'launch'), 'handleName')).filter(isText)
  return steps.flatMap((step, at) => {
    const faults = awaitedFaults(field(step, 'dependsOn'), [...path, at, 'dependsOn'], known, all)
    const handle = field(field(step, 'launch'), 'handleName')
    if (!isText(handle)) return faults
    const isTaken = known.some((name) => isSame(name, handle))
    known.push(handle)
    const place = [...path, at, 'launch', 'handleName']
    return isTaken
      ? [...faults, fault(place, 'duplicate', `found ${quoted(handle)}, which a step before it has`)]
      : faults
  })
}

function awaitedFaults(
  names: unknown,
  path: WorkflowPath,
  known: readonly string[],
  all: readonly string[],
): readonly CrossFault[] {
  if (!Array.isArray(names)) return []
  return names.flatMap((name, at) => {
    if (!isText(name) || known.some((handle) => isSame(handle, name))) return []
    const comesLater = all.some((handle) => isSame(handle, name))
    const place = [...path, at]
    if (comesLater) {
      const message = `${quoted(name)} is not launched before this step, so that it would wait for ever; put it after that step`
      return [fault(place, 'reference-unknown', message)]
    }
    return [unknownName(place, name, known, 'a handleName of a launch before this step in the same list')]
  })
}

/** Every fromSecret names a secret of the workflow. */
function secretFaults(value: unknown, workflow: unknown, path: WorkflowPath): readonly CrossFault[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => secretFaults(item, workflow, [...path, at]))
  if (!isMap(value)) return []
  const name = value['fromSecret']
  if (!isText(name)) return Object.entries(value).flatMap(([key, item]) => secretFaults(item, workflow, [...path, key]))
  const secrets = field(workflow, 'secrets')
  const known = Array.isArray(secrets) ? secrets.filter(isText) : []
  return known.includes(name) ? [] : [unknownName([...path, 'fromSecret'], name, known, 'a name in secrets')]
}

function oneOf(map: unknown, names: readonly string[], path: WorkflowPath): readonly CrossFault[] {
  if (!isMap(map)) return []
  const said = names.filter((name) => map[name] !== undefined)
  if (said.length === 1) return []
  if (said.length === 0) {
    return [fault(path, 'field-missing', `${lastName(path)} must say one of ${names.join(', ')}`)]
  }
  const [first, ...others] = said
  return others.map((other) => fault([...path, other], 'conflict', `${other} excludes ${first}; keep one of them`))
}

function lastName(path: WorkflowPath): string {
  const named = path.findLastIndex((segment) => typeof segment === 'string')
  return pathText(path.slice(Math.max(named, 0)))
}

function unknownName(path: WorkflowPath, name: string, known: readonly string[], what: string): CrossFault {
  const nearest = nearestWord(name, known)
  const allowed = known.length === 0 ? 'there is none' : `allowed are ${known.join(', ')}`
  const hint = nearest === undefined ? '' : `. Did you mean ${nearest}?`
  return fault(path, 'reference-unknown', `found ${quoted(name)}, expected ${what}; ${allowed}${hint}`)
}

function fault(path: WorkflowPath, code: WorkflowErrorCode, message: string): CrossFault {
  return { path, on: 'value', code, message }
}

/** Handles are the same whatever their case. */
function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
