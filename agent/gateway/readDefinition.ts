import type { JobRequest } from '../../sdk/domain/job.ts'
import { parseWorkflow } from '../../workflow/parseWorkflow.ts'
import { DEFAULT_POLICY, refusalsOf } from '../../workflow/refusals.ts'
import { LOCAL_TARGET } from '../../workflow/render/target.ts'
import { renderScript } from '../../workflow/renderScript.ts'
import { workflowErrorText } from '../../workflow/workflowError.ts'

/** What a definition turned out to be: a script to run, or at fault, with words for the customer. */
export type DefinitionRead =
  | { readonly kind: 'ready'; readonly script: string }
  | { readonly kind: 'faulty'; readonly reason: string; readonly explanation: string }

/** Reads the bytes of a definition against the request that it came with. */
export type ReadDefinition = (bytes: Uint8Array, request: JobRequest) => DefinitionRead

const RESOURCES = ['tasks', 'cpusPerTask', 'memPerCpu', 'gpus'] as const

/** Makes a workflow the script of its job. At fault: text that is no workflow, and one that asks for more than the request pays. */
export const readDefinition: ReadDefinition = (bytes, request) => {
  const text = textOf(bytes)
  if (text === undefined) return faulty('definition-invalid', ['The workflow is not UTF-8 text.'])
  const parsed = parseWorkflow(text)
  if (!parsed.ok) {
    return faulty('definition-invalid', parsed.errors.map(workflowErrorText))
  }
  const { workflow } = parsed
  const excess = RESOURCES.filter((field) => workflow.resources[field] > request[field]).map(
    (field) => `resources.${field}: ${workflow.resources[field]}, but the request pays for ${request[field]}`,
  )
  if (excess.length > 0) return faulty('definition-exceeds-request', excess)
  const refusals = refusalsOf(workflow, LOCAL_TARGET, DEFAULT_POLICY)
  if (refusals.length > 0) {
    return faulty(
      'definition-refused',
      refusals.map(({ path, reason, message }) => `${path}: ${reason}: ${message}`),
    )
  }
  return { kind: 'ready', script: renderScript(workflow, LOCAL_TARGET) }
}

function faulty(reason: string, lines: readonly string[]): DefinitionRead {
  return { kind: 'faulty', reason, explanation: `${reason}\n${lines.join('\n')}\n` }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
