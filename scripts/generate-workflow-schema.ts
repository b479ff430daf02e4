import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workflowJsonSchema } from '../workflow/jsonSchema.ts'

/** Where the JSON Schema of workflows is kept for editors. */
export const WORKFLOW_SCHEMA_FILE = join(import.meta.dirname, '..', 'workflow', 'schema.json')

/** The text of that file. */
export function workflowSchemaText(): string {
  return `${JSON.stringify(workflowJsonSchema(), null, 2)}\n`
}

if (import.meta.main) writeFileSync(WORKFLOW_SCHEMA_FILE, workflowSchemaText())
