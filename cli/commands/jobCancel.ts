import { cancelJob } from '../../sdk/actions/cancelJob.ts'
import { isFinal } from '../../sdk/domain/status.ts'
import { jobFrom } from '../arguments.ts'
import type { Run } from '../command.ts'

/** Cancels jobs: at once those that wait, by a request to its provider those that are assigned. */
export const jobCancel: Run = async (context, { args, options }) => {
  const { out, signal } = context
  const grid = await context.signing()
  const by = options['gasless'] === true ? 'relay' : 'wallet'
  for (const text of args) {
    const id = await jobFrom(context, text)
    out.progress(`Cancelling ${id} …`)
    const job = await cancelJob(grid, id, { by, signal })
    out.progress('')
    const what = isFinal(job.status) ? `is ${job.status}` : 'will be cancelled by its provider'
    out.event({ id, ...job }, () => out.line(`${id} ${what}.`))
  }
  return undefined
}
