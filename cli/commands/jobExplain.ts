import { explainJob } from '../../sdk/actions/explainJob.ts'
import { getTransitions } from '../../sdk/actions/getTransitions.ts'
import { listProviders } from '../../sdk/actions/listProviders.ts'
import { jobFrom } from '../arguments.ts'
import type { Run } from '../command.ts'
import { detailOf, transitionValue } from '../following/transitionText.ts'
import { durationText, momentText } from '../output/times.ts'

/** Why a job waits and for how long, or how it came to be where it is. */
export const jobExplain: Run = async (context, { args }) => {
  const { out } = context
  const id = await jobFrom(context, args[0] ?? '')
  const grid = await context.grid()
  out.progress('Planning anew …')
  const explained = await explainJob(grid, id)
  out.progress('')
  if (explained === undefined) {
    const transitions = await getTransitions(grid, id)
    if (out.isJson) out.result({ id, waits: false, transitions: transitions.map(transitionValue) }, () => undefined)
    for (const transition of transitions) {
      const { place, to } = transition
      out.line(`${momentText(place.time)}  ${to.padEnd(14)}  ${detailOf(transition)}`)
    }
    return undefined
  }
  const { decision, sentence, expectedStart, refusals } = explained
  out.result({ id, waits: true, ...explained }, () => {
    out.line(decision.kind === 'placed' ? `It goes to provider ${decision.provider} next. ${sentence}` : sentence)
    if (decision.kind === 'waiting' && decision.place !== undefined)
      out.line(`It is number ${decision.place} in the queue.`)
    if (expectedStart !== undefined) {
      out.line(`It is expected to start in ${durationText(expectedStart - Date.now() / 1000)} if nothing ends early.`)
    }
  })
  if (out.isJson || refusals.length === 0) return undefined
  const names = new Map((await listProviders(grid)).map(({ index, profile }) => [index, profile.name]))
  out.line()
  await out.table(refusals, [
    { title: 'PROVIDER', text: ({ provider }) => `${provider} ${names.get(provider) ?? ''}`, canShrink: true },
    { title: 'WHY NOT', text: (refusal) => refusal.sentence, canShrink: true },
  ])
  return undefined
}
