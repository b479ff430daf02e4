import { expireJobs } from '../../sdk/actions/expireJobs.ts'
import { getJob } from '../../sdk/actions/getJob.ts'
import { jobFrom } from '../arguments.ts'
import type { Run } from '../command.ts'

/** Enforces the deadlines of jobs that have passed. */
export const jobExpire: Run = async (context, { args }) => {
  const { out } = context
  const grid = await context.signing()
  const ids = await Promise.all(args.map((text) => jobFrom(context, text)))
  const transaction = await expireJobs(grid, ids)
  for (const id of ids) {
    const status = (await getJob(grid, id))?.status
    out.event({ id, status, transaction }, () => out.line(`${id} is ${status}.`))
  }
  return undefined
}
