import { z } from 'zod'
import { fields, flag, isPlainLine, list, pattern, text, WORKFLOW_LIMITS, whole } from './fields.ts'
import { env, resources, run } from './run.ts'

/** What `signalOnParentStepExit` may say; 0 sends none. */
export const SIGNALS = { 0: undefined, 1: 'HUP', 2: 'INT', 3: 'QUIT', 9: 'KILL', 15: 'TERM' } as const

const HANDLE = /^[A-Za-z][A-Za-z0-9_]*$/
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/
const SOURCE =
  /^[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*){2,16}@[A-Za-z0-9_][A-Za-z0-9._/-]*$/

const handleName = pattern(
  WORKFLOW_LIMITS.handleName,
  'a name of letters, digits and _ that starts with a letter,',
  HANDLE,
)
const variable = pattern(WORKFLOW_LIMITS.envKey, 'a name of letters, digits and _ that starts with no digit,', VARIABLE)
const bound = whole([-2_147_483_648, 2_147_483_647])

const range = fields({
  begin: bound.describe('The first index.'),
  end: bound.describe('The last index.'),
  increment: bound.refine((value) => value !== 0, 'a whole number that is not 0').default(1),
})

const nested: z.ZodType<Step[]> = z.lazy(() => list(step, 0, WORKFLOW_LIMITS.steps, 'steps'))

const forLeaf = {
  parallel: flag().default(false).describe('All rounds at the same time.'),
  items: list(text(WORKFLOW_LIMITS.envValue), 0, WORKFLOW_LIMITS.items, 'texts')
    .optional()
    .describe('One round each; $item.'),
  range: range.optional().describe('One round for each index; $index.'),
}

const launchLeaf = {
  handleName: handleName.optional().describe('The name that dependsOn of a later step waits for.'),
  signalOnParentStepExit: z
    .literal([0, 1, 2, 3, 9, 15], 'one of 0, 1, 2, 3, 9, 15')
    .default(15)
    .describe('Sent when the steps beside this one have ended; 0 sends none, and the job waits for its end.'),
}

const moduleInput = fields({
  key: variable,
  description: text(WORKFLOW_LIMITS.description),
  default: text(WORKFLOW_LIMITS.envValue).default(''),
})

const moduleLeaf = {
  name: text(WORKFLOW_LIMITS.stepName, 'text in one line', isPlainLine),
  description: text(WORKFLOW_LIMITS.description),
  minimumResources: resources.describe('What a job must have at least.'),
  inputs: list(moduleInput, 0, WORKFLOW_LIMITS.list, 'inputs').default([]),
  outputs: list(
    fields({ key: variable, description: text(WORKFLOW_LIMITS.description) }),
    0,
    WORKFLOW_LIMITS.list,
    'outputs',
  ).optional(),
}

const useLeaf = {
  source: pattern(WORKFLOW_LIMITS.path, 'a source such as github.com/example/my-module@v1', SOURCE).describe(
    'host/owner/repo[/dir]@tag; pinned to a commit when the job is submitted.',
  ),
  args: env.default([]).describe('Inputs of the module.'),
  exportEnvAs: variable.optional().describe('Goes before the names of what the module exports, with _ between.'),
}

const stepLeaf = {
  name: text(WORKFLOW_LIMITS.stepName, 'text in one line', isPlainLine).optional().describe('For people.'),
  if: text(WORKFLOW_LIMITS.condition)
    .optional()
    .describe(`A test of bash, as between [[ and ]]: '"$COUNT" -gt 3'. Read after dependsOn.`),
  dependsOn: list(handleName, 0, WORKFLOW_LIMITS.list, 'names of handles')
    .default([])
    .describe('Waits for what was launched before it in the same list.'),
  run: run.optional().describe('Runs a command.'),
}

type Fields<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>

/** Steps that run once for each item or index. */
export interface ForLoop extends Fields<typeof forLeaf> {
  steps: Step[]
}

/** Steps that run beside those that follow. */
export interface Launch extends Fields<typeof launchLeaf> {
  steps: Step[]
}

/** Steps that are kept elsewhere, as their module.yaml says. */
export interface WorkflowModule extends Fields<typeof moduleLeaf> {
  steps: Step[]
}

/** What a step takes from elsewhere. */
export interface Use extends Fields<typeof useLeaf> {
  steps?: Step[] | undefined
  module?: WorkflowModule | undefined
}

/** One instruction of a workflow. */
export interface Step extends Fields<typeof stepLeaf> {
  steps?: Step[] | undefined
  for?: ForLoop | undefined
  launch?: Launch | undefined
  use?: Use | undefined
  catch?: Step[] | undefined
  finally?: Step[] | undefined
}

/** What a module says in its module.yaml. */
export const moduleSchema = fields({ ...moduleLeaf, steps: nested })

const step = fields({
  ...stepLeaf,
  steps: nested.optional().describe('Steps one after the other.'),
  for: fields({ ...forLeaf, steps: nested })
    .optional()
    .describe('Steps once for each item or index.'),
  launch: fields({ ...launchLeaf, steps: nested })
    .optional()
    .describe('Steps beside those that follow.'),
  use: fields({
    ...useLeaf,
    steps: nested.optional().describe('Steps that the module may take in.'),
    module: moduleSchema.optional().describe('The module itself; written when the job is submitted.'),
  })
    .optional()
    .describe('Steps of a module.'),
  catch: nested
    .optional()
    .describe('Steps for an error; $DEEPSQUARE_ERROR_CODE says which. The job goes on when they succeed.'),
  finally: nested
    .optional()
    .describe('Steps that follow in any case; $DEEPSQUARE_ERROR_CODE is 0 where nothing failed.'),
}).meta({ id: 'Step' })

/** The steps of a job. */
export const steps = list(step, 1, WORKFLOW_LIMITS.steps, 'steps')
