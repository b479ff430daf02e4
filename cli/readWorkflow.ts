import { parseWorkflow } from '../workflow/parseWorkflow.ts'
import type { Workflow } from '../workflow/schema.ts'
import { type WorkflowError, workflowErrorText } from '../workflow/workflowError.ts'
import { CliError } from './cliError.ts'
import { EXIT } from './exitCodes.ts'
import { readInput } from './readInput.ts'
import type { Surroundings } from './terminal.ts'

/** A workflow that can be run, and its text. */
export interface ReadWorkflow {
  readonly text: string
  readonly workflow: Workflow
}

/** Reads a workflow from a file, or from stdin for `-`. Throws a CliError with every fault, one a line. */
export async function readWorkflow(path: string, around: Surroundings): Promise<ReadWorkflow> {
  const text = await readInput(path, around)
  const parsed = parseWorkflow(text)
  if (parsed.ok) return { text, workflow: parsed.workflow }
  throw new CliError('WORKFLOW_INVALID', faultsText(path, parsed.errors), EXIT.usage)
}

function faultsText(path: string, errors: readonly WorkflowError[]): string {
  const lines = errors.map((error) => `${path}:${workflowErrorText(error)}`)
  const [only = ''] = lines
  return lines.length === 1
    ? only
    : `${lines.length} faults in the workflow.\n${lines.map((line) => `  ${line}`).join('\n')}`
}
