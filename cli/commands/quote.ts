import type { Run } from '../command.ts'
import { prepareJob } from '../jobOptions.ts'
import { showQuote } from '../output/showQuote.ts'
import { quoteGrid } from '../quoting.ts'
import { readWorkflow } from '../readWorkflow.ts'

/** What a workflow would cost at each provider, and when it would start. */
export const quote: Run = async (context, { args, options }) => {
  const { out, around } = context
  const { workflow } = await readWorkflow(args[0] ?? '-', around)
  const grid = await context.grid()
  const wanted = prepareJob(workflow, options)
  out.progress('Asking the grid …')
  const quoted = await quoteGrid(grid, wanted)
  out.progress('')
  if (out.isJson) out.result({ ...quoted, timeLimit: wanted.timeLimit }, () => undefined)
  else await showQuote(out, quoted, wanted.timeLimit)
  return undefined
}
