import type { WorkflowPath } from './workflowPath.ts'

/** What a step may do; one of them, and no two. */
export const ACTIONS = ['run', 'steps', 'for', 'launch', 'use'] as const

/** A list of steps and where it stands. */
export interface StepList {
  readonly path: WorkflowPath
  readonly steps: readonly unknown[]
}

/** Every list of steps in a workflow, its own first; of plain data too, whatever it holds. */
export function stepLists(workflow: unknown): readonly StepList[] {
  return listsAt(field(workflow, 'steps'), ['steps'])
}

function listsAt(steps: unknown, path: WorkflowPath): readonly StepList[] {
  if (!Array.isArray(steps)) return []
  return [{ path, steps }, ...steps.flatMap((step, at) => listsOf(step, [...path, at]))]
}

function listsOf(step: unknown, path: WorkflowPath): readonly StepList[] {
  const places = [
    ['steps'],
    ['for', 'steps'],
    ['launch', 'steps'],
    ['use', 'steps'],
    ['use', 'module', 'steps'],
    ['catch'],
    ['finally'],
  ]
  return places.flatMap((place) => listsAt(place.reduce(field, step), [...path, ...place]))
}

/** A field of a map; undefined where there is none or no map. */
export function field(value: unknown, name: string): unknown {
  return isMap(value) ? value[name] : undefined
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
