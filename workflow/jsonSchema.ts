import { z } from 'zod'
import { workflowSchema } from './schema.ts'

/**
 * The JSON Schema (draft 7) of workflows, for editors: at the root of a file or under its `job:`. What it cannot say, such as
 * sizes in bytes and names that must be somewhere else, parseWorkflow checks.
 */
export function workflowJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(workflowSchema, { io: 'input', target: 'draft-7', unrepresentable: 'any' })
  const { definitions, $schema, ...workflow } = schema
  const job = { type: 'object', properties: { job: { $ref: '#/definitions/Workflow' } }, additionalProperties: false }
  return {
    $schema,
    title: 'Workflow of the grid',
    type: 'object',
    if: { required: ['job'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema has the name.
    then: job,
    else: { $ref: '#/definitions/Workflow' },
    definitions: { Workflow: workflow, ...(definitions as object) },
  }
}
