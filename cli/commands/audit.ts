import { auditPlan } from '../../sdk/actions/auditPlan.ts'
import { textOption, wholeFrom } from '../arguments.ts'
import type { Run } from '../command.ts'
import { EXIT } from '../exitCodes.ts'

/** Replays the chain, and prints what does not follow. */
export const audit: Run = async (context, { options }) => {
  const { out, signal } = context
  const [from, to] = ['from', 'to'].map((name) => {
    const text = textOption(options, name)
    return text === undefined ? undefined : wholeFrom(text, 0, Number.MAX_SAFE_INTEGER, 'a block')
  })
  const grid = await context.grid()
  out.progress('Reading the chain …')
  const started = Date.now()
  const found = await auditPlan(grid, {
    signal,
    onProgress: (block, last) => out.progress(`Replayed block ${block} of ${last} …`),
    ...(from === undefined ? {} : { fromBlock: from }),
    ...(to === undefined ? {} : { toBlock: to }),
  })
  out.progress('')
  const seconds = (Date.now() - started) / 1000
  out.result({ ...found, seconds }, () => {
    for (const { code, subject, sentence, block, transaction } of found.findings) {
      out.line(`${out.style('red', code)}  ${subject}`)
      out.line(`    ${sentence}`)
      out.line(`    block ${block}${transaction === '' ? '' : `, transaction ${transaction}`}`)
    }
    out.line(
      `${found.jobs} jobs, ${found.settled} settled, ${found.placements} placements of ${found.batches} batches planned anew, ${found.accounts} accounts, to block ${found.toBlock}, in ${seconds.toFixed(1)} s.`,
    )
    out.line(
      found.findings.length === 0
        ? out.style('green', 'Everything follows.')
        : out.style('red', `${found.findings.length} findings.`),
    )
  })
  return found.findings.length === 0 ? EXIT.done : EXIT.findings
}
