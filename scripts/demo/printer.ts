import { formatUnits } from 'viem'
import type { Hex } from '../../sdk/domain/job.ts'
import type { Check, FinalLedger } from './audit.ts'
import type { JobStory, Step } from './story.ts'

/** What the demo shows a person with. */
export type Printer = ReturnType<typeof printer>

/** Shows a person what happens. Progress goes to the error stream, so that the JSON of `--json` stands alone. */
export function printer(talkative: boolean) {
  const say = (text: string): void => {
    if (talkative) console.log(text)
  }
  return {
    credits: (amount: bigint): string => formatUnits(amount, 18),
    progress: (step: string): void => console.error(`… ${step}`),
    customer: (address: Hex): void => {
      say(`\nThe customer is ${address}: a fresh wallet with no native coin.\n`)
      say(row('job', 'state', 'block', 'time', 'transaction'))
    },
    step: (job: string, { status, block, time, transaction }: Step): void =>
      say(row(job, status, String(block), new Date(time * 1000).toISOString().slice(11, 19), transaction)),
    outcome: (outcome: {
      seconds: number
      jobs: readonly JobStory[]
      ledger: FinalLedger
      checks: readonly Check[]
    }): void => {
      for (const job of outcome.jobs) say(jobText(job))
      say(ledgerText(outcome.ledger))
      for (const { what, ok } of outcome.checks) say(`  ${ok ? '✓' : '✗'} ${what}`)
      say(`\n${outcome.seconds.toFixed(1)} s from nothing to settled.`)
    },
  }
}

function row(job: string, state: string, block: string, time: string, transaction: string): string {
  return `  ${job.padEnd(9)} ${state.padEnd(15)} ${block.padStart(5)}  ${time.padEnd(8)}  ${transaction}`
}

function jobText(job: JobStory): string {
  const cost = `${formatUnits(job.ratePerMinute, 18)} credits/min × ${job.secondsUsed} s = ${formatUnits(job.cost, 18)}`
  const output = job.output
    .trimEnd()
    .split('\n')
    .map((line) => `    │ ${line}`)
    .join('\n')
  return `
  ${job.name}  ${job.id}
    ${job.status} on provider ${job.provider}, exit code ${job.exitCode}
    ${cost} credits, ${formatUnits(job.refund, 18)} of ${formatUnits(job.budget, 18)} back
${output}`
}

function ledgerText({ lines, sum, supply }: FinalLedger): string {
  const amount = (credits: bigint): string => {
    const [whole = '', fraction = ''] = formatUnits(credits, 18).split('.')
    return `${whole.padStart(8)}.${fraction.padEnd(18, '0')}`
  }
  const rows = lines.map(({ party, what, credits }) => `  ${party.padEnd(18)} ${what.padEnd(13)} ${amount(credits)}`)
  return `
  Ledger, in credits
${rows.join('\n')}
  ${'sum'.padEnd(32)} ${amount(sum)}
  ${'all credits there are'.padEnd(32)} ${amount(supply)}
`
}
