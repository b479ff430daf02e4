import { listJobs } from '../../sdk/actions/listJobs.ts'
import { JOB_STATUSES } from '../../sdk/domain/status.ts'
import { addressFrom, textOption, wholeFrom } from '../arguments.ts'
import { usageError } from '../cliError.ts'
import type { Run } from '../command.ts'
import { creditsText } from '../output/amounts.ts'
import { momentText } from '../output/times.ts'

/** The jobs of an account, the latest first. */
export const jobList: Run = async (context, { options }) => {
  const { out } = context
  const customer = textOption(options, 'customer')
  const limit = wholeFrom(textOption(options, 'limit') ?? '20', 1, 1_000_000, 'a number of jobs')
  const state = textOption(options, 'state')?.toUpperCase()
  if (state !== undefined && !JOB_STATUSES.some((known) => known === state)) {
    throw usageError('STATE_UNKNOWN', `${state} is no state. Choose one of ${JOB_STATUSES.slice(1).join(', ')}.`)
  }
  const account = customer === undefined ? await context.account() : await addressFrom(customer)
  const all = await listJobs(await context.grid(), account, {
    limit: state === undefined ? limit : Number.MAX_SAFE_INTEGER,
  })
  const jobs = all.filter(({ job }) => state === undefined || job.status === state).slice(0, limit)
  const value = jobs.map(({ id, request, submitted, job }) => ({
    id,
    name: request.work.name,
    submittedAt: submitted.time,
    transaction: submitted.transaction,
    ...job,
  }))
  if (out.isJson) out.result(value, () => undefined)
  else if (jobs.length === 0) out.line(`${account} has no jobs${state === undefined ? '' : ` that are ${state}`}.`)
  else {
    await out.table(jobs, [
      { title: 'JOB', text: ({ id }) => (out.isTerminal ? id.slice(0, 12) : id) },
      { title: 'NAME', text: ({ request }) => request.work.name, canShrink: true },
      { title: 'STATE', text: ({ job }) => job.status },
      { title: 'PROVIDER', text: ({ job }) => (job.provider === 0 ? '–' : String(job.provider)), isNumber: true },
      { title: 'BUDGET', text: ({ request }) => creditsText(request.budget), isNumber: true },
      { title: 'SUBMITTED (UTC)', text: ({ submitted }) => momentText(submitted.time) },
    ])
  }
  return undefined
}
