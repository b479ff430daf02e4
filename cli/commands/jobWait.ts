import { getSubmission } from '../../sdk/actions/getSubmission.ts'
import { JobUnknown } from '../../sdk/errors.ts'
import { jobFrom } from '../arguments.ts'
import type { Run } from '../command.ts'
import { followJob } from '../following/followJob.ts'

/** Waits for the end of a job; with -e ends with its exit code. */
export const jobWait: Run = async (context, { args, options }) => {
  const isWatched = options['watch'] === true
  const id = await jobFrom(context, args[0] ?? '')
  const grid = isWatched ? await context.signing() : await context.grid()
  const submission = await getSubmission(grid, id)
  if (submission === undefined) throw new JobUnknown(id)
  return followJob(context, grid, id, {
    fromBlock: submission.place.block,
    by: 'wallet',
    showsLog: isWatched,
    cancels: false,
    exitsLikeJob: options['exitCode'] === true,
  })
}
