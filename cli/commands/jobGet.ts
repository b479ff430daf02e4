import { getJob } from '../../sdk/actions/getJob.ts'
import { getTransitions } from '../../sdk/actions/getTransitions.ts'
import type { JobTransition } from '../../sdk/jobEvents.ts'
import { jobFrom } from '../arguments.ts'
import { notFound } from '../cliError.ts'
import type { Run } from '../command.ts'
import { detailOf, transitionValue } from '../following/transitionText.ts'
import { creditsText } from '../output/amounts.ts'
import { plainText } from '../output/plainText.ts'
import { durationText, momentText } from '../output/times.ts'

/** Everything that the chain says of a job. */
export const jobGet: Run = async (context, { args }) => {
  const { out } = context
  const id = await jobFrom(context, args[0] ?? '')
  const grid = await context.grid()
  const [job, transitions] = await Promise.all([getJob(grid, id), getTransitions(grid, id)])
  const [submission] = transitions
  if (job === undefined || submission?.kind !== 'job-submitted') {
    throw notFound('JOB_UNKNOWN', `No job has the id ${id} on this grid. Check the id, or see \`dps job list\`.`)
  }
  const { work, ...terms } = submission.request
  if (out.isJson) {
    const request = { ...terms, work: { ...work, salt: String(work.salt) } }
    out.result({ id, ...job, request, transitions: transitions.map(transitionValue) }, () => undefined)
    return undefined
  }
  const { tasks, cpusPerTask, memPerCpu, gpus, timeLimit } = terms
  out.facts([
    ['job', id],
    ['name', plainText(work.name)],
    ['state', out.style('bold', job.status) + (job.cancelRequested ? ' (cancel requested)' : '')],
    ['customer', terms.customer],
    ['resources', `${tasks} × ${cpusPerTask} cpu, ${memPerCpu} MB a cpu, ${gpus} gpu, ${durationText(timeLimit)}`],
    ['affinity', plainText(work.affinity) || '–'],
    ['provider', job.provider === 0 ? '–' : `${job.provider} (attempt ${job.attempt} of ${terms.maxAttempts})`],
    ['budget', `${creditsText(terms.budget)} credits, ${creditsText(job.budget)} locked`],
    ['rate', job.rate === 0n ? '–' : `${creditsText(job.rate)} credits/min`],
  ])
  out.line()
  await out.table(transitions, [
    { title: 'TIME (UTC)', text: ({ place }: JobTransition) => momentText(place.time) },
    { title: 'STATE', text: ({ to }) => to },
    { title: 'BLOCK', text: ({ place }) => String(place.block), isNumber: true },
    { title: 'WHAT', text: (transition) => detailOf(transition), canShrink: true },
    {
      title: 'TRANSACTION',
      text: ({ place }) => (out.width < 140 ? place.transaction.slice(0, 12) : place.transaction),
    },
  ])
  return undefined
}
