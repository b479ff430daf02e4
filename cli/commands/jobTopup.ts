import { getJob } from '../../sdk/actions/getJob.ts'
import { topUpJob } from '../../sdk/actions/topUpJob.ts'
import { isFinal } from '../../sdk/domain/status.ts'
import { jobFrom } from '../arguments.ts'
import { CliError, notFound } from '../cliError.ts'
import type { Run } from '../command.ts'
import { EXIT } from '../exitCodes.ts'
import { creditsFrom, creditsText } from '../output/amounts.ts'

/** Raises the budget of a job, which lengthens the time that it may run. */
export const jobTopup: Run = async (context, { args, options }) => {
  const { out, signal } = context
  const amount = creditsFrom(args[1] ?? '')
  const grid = await context.signing()
  const id = await jobFrom(context, args[0] ?? '')
  const job = await getJob(grid, id)
  if (job === undefined) throw notFound('JOB_UNKNOWN', `No job has the id ${id} on this grid. See \`dps job list\`.`)
  const total = options['total'] === true ? amount : job.budget + amount
  const by = options['gasless'] === true ? 'relay' : 'wallet'
  out.progress('Raising the budget …')
  const after = await topUpJob(grid, id, total, { by, signal })
  out.progress('')
  if (isFinal(after.status)) {
    throw new CliError(
      'JOB_ENDED',
      `The job was ${after.status} before the top-up came; nothing was taken.`,
      EXIT.refused,
    )
  }
  out.result({ id, ...after }, () => out.line(`${id} has a budget of ${creditsText(after.budget)} credits.`))
  return undefined
}
