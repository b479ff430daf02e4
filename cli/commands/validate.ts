import { parseWorkflow } from '../../workflow/parseWorkflow.ts'
import type { Run } from '../command.ts'
import { EXIT } from '../exitCodes.ts'
import { readInput } from '../readInput.ts'
import { readWorkflow } from '../readWorkflow.ts'

/** Says whether a workflow can be run, and everything that is wrong with it. */
export const validate: Run = async ({ out, around }, { args }) => {
  const path = args[0] ?? '-'
  if (out.isJson) {
    const parsed = parseWorkflow(await readInput(path, around))
    out.result(parsed.ok ? { valid: true } : { valid: false, errors: parsed.errors }, () => undefined)
    return parsed.ok ? EXIT.done : EXIT.usage
  }
  const { workflow } = await readWorkflow(path, around)
  const { tasks, cpusPerTask, memPerCpu, gpus } = workflow.resources
  const size = `${tasks} × ${cpusPerTask} cpu, ${memPerCpu} MB a cpu, ${gpus} gpu`
  out.line(`${path} is right: ${workflow.steps.length} steps on ${size}.`)
  return undefined
}
