import { transferCredits } from '../../sdk/actions/transferCredits.ts'
import { addressFrom } from '../arguments.ts'
import type { Run } from '../command.ts'
import { creditsFrom, creditsText } from '../output/amounts.ts'

/** Sends credits from the wallet to another account. */
export const creditTransfer: Run = async (context, { args }) => {
  const { out } = context
  const to = await addressFrom(args[0] ?? '')
  const amount = creditsFrom(args[1] ?? '')
  const grid = await context.signing()
  out.progress('Sending …')
  const transaction = await transferCredits(grid, to, amount)
  out.progress('')
  out.result({ transaction, to, amount }, () => out.line(`Sent ${creditsText(amount)} credits to ${to}.`))
  return undefined
}
