import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { WORKFLOW_SCHEMA_FILE, workflowSchemaText } from '../../scripts/generate-workflow-schema.ts'
import { parseWorkflow } from '../../workflow/parseWorkflow.ts'

describe('workflowJsonSchema', () => {
  it('is what workflow/schema.json holds', () => {
    expect(readFileSync(WORKFLOW_SCHEMA_FILE, 'utf8')).to.equal(workflowSchemaText())
  })

  it('names every field that parseWorkflow allows', () => {
    const { definitions } = JSON.parse(workflowSchemaText())
    const parsed = parseWorkflow('nothing: 1')
    const [unknown] = parsed.ok ? [] : parsed.errors.filter(({ code }) => code === 'field-unknown')
    const [, allowed = ''] = /allowed are ([^.]*)\./.exec(unknown?.message ?? '') ?? []
    expect(Object.keys(definitions.Workflow.properties)).to.deep.equal(allowed.split(', '))
    expect(definitions.Step.additionalProperties).to.equal(false)
  })
})
