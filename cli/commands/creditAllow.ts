import { allow } from '../../sdk/actions/allow.ts'
import { parseDuration } from '../../workflow/parseDuration.ts'
import { addressFrom, textOption } from '../arguments.ts'
import { usageError } from '../cliError.ts'
import type { Run } from '../command.ts'
import { creditsFrom, creditsText } from '../output/amounts.ts'
import { momentText } from '../output/times.ts'

/** Lets another account spend credits of the free balance on jobs. */
export const creditAllow: Run = async (context, { args, options }) => {
  const { out } = context
  const customer = await addressFrom(args[0] ?? '')
  const amount = creditsFrom(args[1] ?? '')
  const span = textOption(options, 'for') ?? '30d'
  const seconds = parseDuration(span)
  if (seconds === undefined)
    throw usageError('DURATION_INVALID', `${span} is no duration. Give text such as 12h or 30d.`)
  const until = Math.floor(Date.now() / 1000) + seconds
  out.progress('Allowing …')
  const transaction = await allow(await context.signing(), customer, amount, until)
  out.progress('')
  out.result({ transaction, customer, amount, until }, () =>
    out.line(`${customer} may spend ${creditsText(amount)} credits until ${momentText(until)} UTC.`),
  )
  return undefined
}
