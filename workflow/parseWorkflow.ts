import { z } from 'zod'
import { crossFaults } from './crossChecks.ts'
import { nearestWord } from './nearestWord.ts'
import { readYaml, type YamlText } from './readYaml.ts'
import { type Workflow, workflowSchema } from './schema.ts'
import { isMap } from './walkSteps.ts'
import { warningsOf } from './warnings.ts'
import type { WorkflowError, WorkflowErrorCode, WorkflowWarning } from './workflowError.ts'
import { quoted, type WorkflowPath } from './workflowPath.ts'

/** Largest text of a workflow, in bytes of UTF-8: what the gateway takes as a definition. */
export const MAX_WORKFLOW_BYTES = 262_144

const MOST_ERRORS = 100

/** What became of a text: a workflow, or everything that is wrong with it in the order of the text. */
export type ParsedWorkflow =
  | { readonly ok: true; readonly workflow: Workflow; readonly warnings: readonly WorkflowWarning[] }
  | { readonly ok: false; readonly errors: readonly WorkflowError[] }

// What people mean by a name that is not allowed where they put it.
const HINTS: readonly (readonly [key: string, sibling: string, hint: string])[] = [
  ['gpusPerTask', 'gpus', 'Say gpus, the number for the whole job.'],
  ['gpus', 'gpusPerTask', 'Say gpusPerTask, the number for each task of the step.'],
  ['mem', 'memPerCpu', 'Say memPerCpu, in MB.'],
  ...['command', 'shell', 'resources', 'container', 'network', 'dns', 'env', 'workDir', 'mapUid', 'mapGid', 'mpi'].map(
    (key) => [key, 'dependsOn', `${key} stands under run.`] as const,
  ),
]

/**
 * Reads a job definition in YAML or JSON, at the root or under a `job:` key as in DeepSquare's files. Never throws: all
 * faults are returned at once.
 */
export function parseWorkflow(text: string): ParsedWorkflow {
  const bytes = new TextEncoder().encode(text).length
  if (bytes > MAX_WORKFLOW_BYTES) {
    const message = `found ${bytes} bytes, a workflow has at most ${MAX_WORKFLOW_BYTES}`
    return { ok: false, errors: [{ line: 1, column: 1, path: '', code: 'too-large', message }] }
  }
  const yaml = readYaml(text)
  if (yaml.errors.some((error) => error.code !== 'duplicate')) return { ok: false, errors: yaml.errors }
  const { value, path } = unwrapped(yaml.value)
  const parsed = workflowSchema.safeParse(value, { reportInput: true })
  const crossed = crossFaults(value).map((fault) =>
    yaml.errorAt([...path, ...fault.path], fault.on, fault.code, fault.message),
  )
  if (parsed.success && yaml.errors.length + crossed.length === 0) {
    return { ok: true, workflow: parsed.data, warnings: placedWarnings(yaml, path, parsed.data) }
  }
  const issues = parsed.success ? [] : parsed.error.issues
  const errors = [...yaml.errors, ...issues.flatMap((issue) => errorsOf(yaml, path, issue)), ...crossed]
  return { ok: false, errors: inOrder(errors) }
}

function placedWarnings(yaml: YamlText, root: WorkflowPath, workflow: Workflow): readonly WorkflowWarning[] {
  return inOrder(
    warningsOf(workflow).map(({ path, code, message }) => {
      // Only the place is taken of what is made for errors.
      const { line, column, path: text } = yaml.errorAt([...root, ...path], 'key', 'value-wrong', message)
      return { line, column, path: text, code, message }
    }),
  )
}

/** In the order of the text, and once each: a value can break several checks, which all say what is allowed. */
function inOrder<Told extends WorkflowError | WorkflowWarning>(errors: readonly Told[]): readonly Told[] {
  const distinct = new Map(errors.map((error) => [`${error.path} ${error.message}`, error]))
  return [...distinct.values()].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST_ERRORS)
}

function unwrapped(value: unknown): { readonly value: unknown; readonly path: WorkflowPath } {
  const isWrapped = isMap(value) && Object.keys(value).join() === 'job'
  return isWrapped ? { value: value['job'], path: ['job'] } : { value, path: [] }
}

function errorsOf(yaml: YamlText, root: WorkflowPath, issue: z.core.$ZodIssue): readonly WorkflowError[] {
  const own = issue.path.filter((segment) => typeof segment !== 'symbol')
  const path = [...root, ...own]
  if (issue.code === 'unrecognized_keys') {
    const allowed = fieldsAt(workflowSchema, own)
    return issue.keys.map((key) => yaml.errorAt([...path, key], 'key', 'field-unknown', unknownField(key, allowed)))
  }
  if (issue.input === undefined) {
    return [yaml.errorAt(path, 'value', 'field-missing', `${own.at(-1)} is missing; expected ${issue.message}`)]
  }
  const message = `found ${described(issue.input)}, expected ${issue.message}${advice(issue)}`
  return [yaml.errorAt(path, 'value', codeOf(issue), message)]
}

function unknownField(key: string, allowed: readonly string[]): string {
  const nearest = nearestWord(key, allowed)
  const meant = HINTS.find(([name, sibling]) => name === key && allowed.includes(sibling))?.[2]
  const hint = meant ?? (nearest === undefined ? '' : `Did you mean ${nearest}?`)
  return `${quoted(key)} is no field here; allowed are ${allowed.join(', ')}. ${hint}`.trim()
}

function codeOf(issue: z.core.$ZodIssue): WorkflowErrorCode {
  if (issue.code === 'custom' && issue.params?.['code'] === 'duplicate') return 'duplicate'
  if (issue.code === 'invalid_format' || (issue.code === 'too_big' && issue.origin === 'string')) return 'value-wrong'
  if (issue.code === 'too_small' || issue.code === 'too_big') return 'out-of-range'
  if (issue.code === 'invalid_value') return 'value-wrong'
  const expectsNumber = issue.code !== 'invalid_type' || issue.expected === 'number' || issue.expected === 'int'
  if (typeof issue.input === 'number' && expectsNumber) return 'out-of-range'
  return issue.code === 'custom' ? 'value-wrong' : 'type-wrong'
}

function advice(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    const { input, values } = issue
    const words = values.map(String)
    const nearest = words.find((word) => word.endsWith(`/${input}`)) ?? nearestWord(input, words)
    return nearest === undefined ? '' : `. Did you mean ${nearest}?`
  }
  const isScalar = typeof issue.input === 'number' || typeof issue.input === 'boolean'
  return issue.code === 'invalid_type' && issue.expected === 'string' && isScalar ? '. Put it in quotes' : ''
}

function described(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (isMap(value)) return 'a map'
  return typeof value === 'string' ? quoted(value) : `${value}`
}

/** The names that the map at this path may have. */
function fieldsAt(schema: z.core.$ZodType, path: WorkflowPath): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return fieldsAt(schema.def.innerType, path)
  if (schema instanceof z.ZodLazy) return fieldsAt(schema.def.getter(), path)
  const [segment, ...rest] = path
  if (schema instanceof z.ZodArray && segment !== undefined) return fieldsAt(schema.element, rest)
  if (!(schema instanceof z.ZodObject)) return []
  if (segment === undefined) return Object.keys(schema.shape)
  const next: z.core.$ZodType | undefined = schema.shape[segment]
  return next === undefined ? [] : fieldsAt(next, rest)
}
