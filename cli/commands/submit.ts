import { createJobRequest } from '../../sdk/actions/createJobRequest.ts'
import { putDefinition } from '../../sdk/actions/putDefinition.ts'
import { type SubmittedJob, submitJob } from '../../sdk/actions/submitJob.ts'
import type { JobRequest } from '../../sdk/domain/job.ts'
import { budgetOf } from '../budgetOf.ts'
import type { Run } from '../command.ts'
import type { Context, SigningClient } from '../context.ts'
import { followJob } from '../following/followJob.ts'
import { fundingFor } from '../fundingFor.ts'
import { jobFacts, type PreparedJob, prepareJob, submissionTerms } from '../jobOptions.ts'
import { showQuote, showRequest } from '../output/showQuote.ts'
import { quoteGrid } from '../quoting.ts'
import { readWorkflow } from '../readWorkflow.ts'

/** Submits a workflow; with -w follows it to its end, with -e ends with its exit code. */
export const submit: Run = async (context, { args, options }) => {
  const { out, around } = context
  const { text, workflow } = await readWorkflow(args[0] ?? '-', around)
  const wanted = prepareJob(workflow, options)
  const grid = await context.signing()
  const request = await requestOf(context, grid, wanted, text, options)
  const by = options['gasless'] === true ? 'relay' : 'wallet'
  const job = await send(context, grid, request, by)
  out.progress('')
  const isWatched = options['watch'] === true
  if (isWatched)
    out.event({ event: 'submitted', ...job }, () =>
      out.note(`Submitted in block ${job.block}, transaction ${job.transaction}`),
    )
  else if (out.isJson && options['exitCode'] !== true) out.result(job, () => undefined)
  else out.event(job, () => out.line(job.id))
  if (!isWatched && options['exitCode'] !== true) return undefined
  const follow = { fromBlock: job.block, by, showsLog: isWatched, cancels: true } as const
  return followJob(context, grid, job.id, { ...follow, exitsLikeJob: options['exitCode'] === true })
}

/** Quotes, chooses the budget, shows what will be signed, and stores the definition. */
async function requestOf(
  context: Context,
  grid: SigningClient,
  wanted: PreparedJob,
  text: string,
  options: Readonly<Record<string, unknown>>,
): Promise<JobRequest> {
  const { out, signal } = context
  out.progress('Asking the grid …')
  const quoted = await quoteGrid(grid, { ...wanted, customer: grid.wallet.account.address })
  out.progress('')
  const { budget, timeLimit } = budgetOf(wanted, quoted)
  const isWatched = options['watch'] === true && !out.isJson
  if (isWatched) await showQuote(out, quoted, timeLimit, 'stderr')
  out.progress('Storing the definition …')
  const definition = await putDefinition(grid, new TextEncoder().encode(text), { signal })
  const terms = { ...jobFacts(wanted), ...(await submissionTerms(options)), timeLimit, budget, definition }
  const request = await createJobRequest(grid, terms)
  if (isWatched) showRequest(out, request, grid.deployment)
  return request
}

async function send(
  context: Context,
  grid: SigningClient,
  request: JobRequest,
  by: 'wallet' | 'relay',
): Promise<SubmittedJob> {
  const permit = await fundingFor(grid, request)
  context.out.progress(by === 'relay' ? 'Signed; waiting for the relay …' : 'Signed; waiting for the block …')
  return submitJob(grid, request, { by, signal: context.signal, ...(permit === undefined ? {} : { permit }) })
}
