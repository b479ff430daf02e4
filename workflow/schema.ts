import { z } from 'zod'
import { parseAffinity } from '../sdk/domain/affinity.ts'
import { REQUEST_LIMITS, REQUEST_TEXT_LIMITS } from '../sdk/domain/resources.ts'
import { parseDuration } from './parseDuration.ts'

// The message of every check says what is allowed there; parseWorkflow puts before it what was found.

/** Largest sizes inside a workflow: texts in bytes of UTF-8, lists in items. */
export const WORKFLOW_LIMITS = {
  // Linux takes 131,072 bytes with the final zero as one argument.
  command: 100_000,
  envValue: 32_768,
  envKey: 256,
  workDir: 4_096,
  stepName: 128,
  env: 1_000,
  steps: 1_000,
} as const

/** The shells that run commands outside of containers. */
export const SHELLS = ['/bin/sh', '/bin/bash'] as const

const bytesOf = (text: string): number => new TextEncoder().encode(text).length
const isText = (text: string): boolean => text.isWellFormed() && !text.includes('\0')
const isOneLine = (text: string): boolean => isText(text) && !/\p{Cc}/u.test(text)

function whole([least, most]: readonly [least: number, most: number], unit = '') {
  const error = `a whole number from ${least} to ${most}${unit}`
  return z.number(error).int(error).min(least, error).max(most, error)
}

function text(most: number, kind = 'text', isRight: (text: string) => boolean = isText) {
  const error = `${kind} of at most ${most} bytes${isRight === isText ? ' of valid UTF-8 without a zero byte' : ''}`
  return z.string(error).refine((value) => isRight(value) && bytesOf(value) <= most, error)
}

function list<Item extends z.ZodType>(item: Item, least: number, most: number, items: string) {
  const error = `a list of ${least} to ${most} ${items}`
  return z.array(item, error).min(least, error).max(most, error)
}

function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, `a map with ${Object.keys(shape).join(', ')}`)
}

const envVariable = fields({
  key: text(WORKFLOW_LIMITS.envKey, 'a name of letters, digits and _ that starts with no digit,', (key) =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(key),
  ),
  value: text(WORKFLOW_LIMITS.envValue),
})

const env = list(envVariable, 0, WORKFLOW_LIMITS.env, 'maps with key and value').superRefine(refuseDuplicateKeys, {
  // Also where a neighbour is wrong: every fault is told at once.
  when: ({ value }) => Array.isArray(value),
})

function refuseDuplicateKeys(variables: readonly unknown[], context: z.RefinementCtx): void {
  const seen = new Map<unknown, number>()
  variables.forEach((variable, index) => {
    const key = (variable as { key?: unknown } | null)?.key
    const first = seen.get(key)
    if (first === undefined) seen.set(key, index)
    else if (typeof key === 'string') {
      const message = `a name that env[${first}] does not have yet`
      context.addIssue({ code: 'custom', path: [index, 'key'], input: key, message, params: { code: 'duplicate' } })
    }
  })
}

const resources = fields({
  tasks: whole(REQUEST_LIMITS.tasks),
  cpusPerTask: whole(REQUEST_LIMITS.cpusPerTask),
  memPerCpu: whole(REQUEST_LIMITS.memPerCpu, ' MB'),
  gpus: whole(REQUEST_LIMITS.gpus).default(0),
})

const run = fields({
  command: text(WORKFLOW_LIMITS.command),
  shell: z.enum(SHELLS, `one of ${SHELLS.join(', ')}`).default('/bin/sh'),
  env: env.default([]),
  workDir: text(WORKFLOW_LIMITS.workDir, 'a path in one line', (path) => path !== '' && isOneLine(path)).optional(),
})

const step = fields({
  name: text(WORKFLOW_LIMITS.stepName, 'text in one line', isOneLine).optional(),
  run,
})

const [shortest, longest] = REQUEST_LIMITS.timeLimit
const timeLimitError = `seconds, or text such as 90s, 10m or 1d12h, from ${shortest} to ${longest} seconds`
const timeLimit = z
  .union([z.number(), z.string()], timeLimitError)
  .refine((value) => isWithin(secondsOf(value), REQUEST_LIMITS.timeLimit), timeLimitError)
  .transform(secondsOf)

function secondsOf(value: number | string): number {
  return typeof value === 'number' ? value : (parseDuration(value) ?? Number.NaN)
}

function isWithin(value: number, [least, most]: readonly [least: number, most: number]): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most
}

const affinity = text(REQUEST_TEXT_LIMITS.affinity, 'rules such as arch=amd64, gpu:in:nvidia', isOneLine).superRefine(
  (value, context) => {
    const parsed = parseAffinity(value)
    if (parsed.kind === 'rules') return
    const { at, message } = parsed.fault
    context.addIssue({
      code: 'custom',
      message: `rules such as arch=amd64, gpu:in:nvidia; at character ${at + 1}: ${message}`,
    })
  },
)

/** What a workflow may say: the one source of its types. Names are those of DeepSquare's schema. */
export const workflowSchema = fields({
  name: text(REQUEST_TEXT_LIMITS.name, 'text in one line', isOneLine).optional(),
  resources,
  timeLimit: timeLimit.optional(),
  affinity: affinity.optional(),
  env: env.default([]),
  enableLogging: z.boolean('true or false').default(false),
  steps: list(step, 1, WORKFLOW_LIMITS.steps, 'steps'),
})

/** A job definition, validated and with every default filled in. `timeLimit` is in seconds, `memPerCpu` in MB, `gpus` of the whole job. */
export type Workflow = z.output<typeof workflowSchema>
/** One instruction of a workflow. */
export type Step = Workflow['steps'][number]
/** One environment variable. */
export type EnvVariable = Workflow['env'][number]
