import { followLogs } from '../../sdk/actions/followLogs.ts'
import { getJob } from '../../sdk/actions/getJob.ts'
import { readLog } from '../../sdk/actions/readLog.ts'
import { isFinal } from '../../sdk/domain/status.ts'
import { jobFrom, textOption, wholeFrom } from '../arguments.ts'
import { notFound } from '../cliError.ts'
import type { Run } from '../command.ts'
import { writeLog } from '../output/writeLog.ts'

/** What a job printed; with --follow as it comes. */
export const jobLogs: Run = async (context, { args, options }) => {
  const { out, signal } = context
  const grid = await context.signing()
  const id = await jobFrom(context, args[0] ?? '')
  const log = writeLog(out)
  if (options['follow'] === true) {
    for await (const text of followLogs(grid, id, { signal })) log.write(text)
    log.end()
    return undefined
  }
  const job = await getJob(grid, id)
  if (job === undefined) throw notFound('JOB_UNKNOWN', `No job has the id ${id} on this grid. See \`dps job list\`.`)
  const attempt = wholeFrom(textOption(options, 'attempt') ?? String(job.attempt), 0, 31, 'an attempt')
  const text = attempt === 0 ? undefined : await readLog(grid, id, attempt, signal)
  if (text === undefined) {
    const next = isFinal(job.status) ? 'Its provider sent none.' : 'Follow it with `dps job logs --follow`.'
    throw notFound(
      'LOG_NOT_FOUND',
      `There is no log of attempt ${attempt} of this job, which is ${job.status}. ${next}`,
    )
  }
  log.write(text)
  log.end()
  return undefined
}
