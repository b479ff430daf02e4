import { z } from 'zod'
import { parseAffinity } from '../sdk/domain/affinity.ts'
import { REQUEST_LIMITS, REQUEST_TEXT_LIMITS } from '../sdk/domain/resources.ts'
import { JOB_STATUSES } from '../sdk/domain/status.ts'
import { parseDuration } from './parseDuration.ts'
import {
  credential,
  fields,
  flag,
  isHttpUrl,
  isOneLine,
  isPlainLine,
  isTame,
  list,
  secretName,
  text,
  WORKFLOW_LIMITS,
  whole,
} from './schema/fields.ts'
import { virtualNetwork } from './schema/network.ts'
import { env, resources } from './schema/run.ts'
import { type Step, steps } from './schema/steps.ts'
import { transport } from './schema/transport.ts'

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

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/
const startByError = 'a time from the submit on such as 6h or 2d, or a moment such as 2031-05-01T08:00:00Z'
const startBy = z
  .string(startByError)
  .transform((value) =>
    INSTANT.test(value) ? { at: Date.parse(value) / 1000 } : { after: parseDuration(value) ?? Number.NaN },
  )
  .refine((value) => isWithin('at' in value ? value.at : value.after, [1, 4_294_967_295]), startByError)

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

const status = z
  .enum(JOB_STATUSES, `one of ${JOB_STATUSES.join(', ')}`)
  .exclude(['NONE'], `one of ${JOB_STATUSES.slice(1).join(', ')}`)

const notification = fields({
  webhook: credential(isHttpUrl).describe('An https:// address that gets a POST; best as { fromSecret: NAME }.'),
  on: list(status, 1, JOB_STATUSES.length, 'states')
    .default(['FINISHED', 'FAILED', 'OUT_OF_CREDITS', 'CANCELLED', 'PANICKED'])
    .describe('The states that are told; the final ones where nothing is said.'),
})

const resultFile = text(
  WORKFLOW_LIMITS.path,
  'a pattern such as *.png or frames/**, relative and without ".."',
  (path) => isTame(path) && isPlainLine(path) && !path.startsWith('/') && !path.includes('\\'),
)

/** What a workflow may say: the one source of its types. Names are those of DeepSquare's schema, and ours beyond it. */
export const workflowSchema = fields({
  name: text(REQUEST_TEXT_LIMITS.name, 'text in one line', isPlainLine)
    .optional()
    .describe('For people; public on the chain.'),
  resources: resources.describe('What the job is given, and pays for.'),
  timeLimit: timeLimit.optional().describe('Seconds, or text such as 90s, 10m or 1d12h.'),
  startBy: startBy
    .optional()
    .describe('When the job is given up if it has not started: 6h from the submit on, or 2031-05-01T08:00:00Z.'),
  retries: whole([0, REQUEST_LIMITS.maxAttempts[1] - 1])
    .optional()
    .describe('How often a lost job starts anew.'),
  array: whole([1, WORKFLOW_LIMITS.array])
    .optional()
    .describe('That many jobs of this text; $DEEPSQUARE_ARRAY_INDEX counts them from 0.'),
  affinity: affinity.optional().describe('What a provider must have, such as arch=amd64, gpu:in:nvidia.'),
  secrets: list(secretName, 0, WORKFLOW_LIMITS.list, 'names')
    .default([])
    .describe('Names of secrets; each is a file in $DEEPSQUARE_SECRETS.'),
  notify: list(notification, 0, 16, 'maps with webhook')
    .default([])
    .describe('Who is told of the job by a web request.'),
  resultFiles: list(resultFile, 0, WORKFLOW_LIMITS.list, 'patterns')
    .default([])
    .describe('What of $DEEPSQUARE_OUTPUT is kept as result.'),
  env: env.default([]).describe('Variables of the whole job.'),
  enableLogging: flag().default(false).describe('What the job prints is kept and shown to its customer.'),
  input: transport.optional().describe('Is there in $DEEPSQUARE_INPUT before the first step.'),
  inputMode: whole([0, 511])
    .optional()
    .describe('chmod of the input, in decimal: 511 is rwxrwxrwx, 493 rwxr-xr-x, 448 rwx------.'),
  output: transport.optional().describe('Where $DEEPSQUARE_OUTPUT goes when the steps have ended.'),
  continuousOutputSync: flag().default(false).describe('Output goes there while the job runs, too; not over HTTP.'),
  virtualNetworks: list(virtualNetwork, 0, 16, 'networks').default([]).describe('Networks between steps.'),
  steps: steps.describe('What the job does, one after the other.'),
})

/** A job definition, validated and with every default filled in. Times are in seconds, `memPerCpu` in MB, `gpus` of the whole job. */
export type Workflow = z.output<typeof workflowSchema>
/** One command of a workflow. */
export type Run = NonNullable<Step['run']>
/** One environment variable. */
export type EnvVariable = Workflow['env'][number]
/** A text, or the name of the secret that holds it. */
export type Credential = Workflow['notify'][number]['webhook']
