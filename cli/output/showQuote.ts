import type { Deployment } from '../../sdk/deployments/deployment.ts'
import type { JobRequest } from '../../sdk/domain/job.ts'
import type { GridQuote } from '../quoting.ts'
import { creditsText } from './amounts.ts'
import type { Output } from './output.ts'
import { plainText } from './plainText.ts'
import { table } from './table.ts'
import { durationText, momentText } from './times.ts'

/** Shows what each provider would take, and when the job would start. */
export async function showQuote(
  out: Output,
  quoted: GridQuote,
  timeLimit: number,
  on: 'stdout' | 'stderr' = 'stdout',
): Promise<void> {
  const say = (text: string): void => (on === 'stdout' ? out.line(text) : out.note(text))
  const lines = table(
    quoted.providers,
    [
      { title: 'PROVIDER', text: ({ provider, name }) => `${provider} ${name}`, canShrink: true },
      { title: 'REGION', text: ({ region }) => region, canShrink: true },
      { title: 'CREDITS/MIN', text: ({ ratePerMinute }) => creditsText(ratePerMinute), isNumber: true },
      { title: `FOR ${durationText(timeLimit).toUpperCase()}`, text: ({ cost }) => creditsText(cost), isNumber: true },
      {
        title: '',
        text: ({ hindrance, provider }) => hindrance ?? (provider === quoted.placedOn ? '← it would go here' : ''),
        canShrink: true,
      },
    ],
    out.width,
  )
  lines.forEach((line, at) => {
    say(at === 0 ? out.style('bold', line, on) : line)
  })
  say(startText(quoted))
}

function startText({ expectedStart, placedOn, sentence }: GridQuote): string {
  if (placedOn !== undefined) return `It would start at once on provider ${placedOn}. ${sentence}`
  if (expectedStart === undefined) return `When it would start is not known. ${sentence}`
  return `It would start in about ${durationText(expectedStart - Date.now() / 1000)}. ${sentence}`
}

/** Shows what the wallet is about to sign. */
export function showRequest(out: Output, request: JobRequest, deployment: Deployment): void {
  const { tasks, cpusPerTask, memPerCpu, gpus, timeLimit, budget, startBy, maxAttempts, provider, work } = request
  const facts: readonly (readonly [string, string])[] = [
    ['job', plainText(work.name)],
    ['resources', `${tasks} × ${cpusPerTask} cpu, ${memPerCpu} MB a cpu, ${gpus} gpu`],
    ['time limit', durationText(timeLimit)],
    ['budget', `${creditsText(budget)} credits at most; what is not used comes back`],
    ['provider', provider === 0 ? 'any' : String(provider)],
    ['affinity', plainText(work.affinity) || 'none'],
    ['start by', `${momentText(startBy)} UTC, in at most ${maxAttempts} attempts`],
    ['definition', work.definition],
    ['at', `${deployment.jobs} on chain ${deployment.chainId}`],
  ]
  out.note(`\n${out.style('bold', 'To be signed', 'stderr')}`)
  for (const [name, value] of facts) out.note(`  ${out.style('dim', name.padEnd(10), 'stderr')}  ${value}`)
  out.note('')
}
