import { getBalances } from '../../sdk/actions/getBalances.ts'
import { withdraw } from '../../sdk/actions/withdraw.ts'
import { addressFrom, textOption } from '../arguments.ts'
import type { Run } from '../command.ts'
import { creditsFrom, creditsText } from '../output/amounts.ts'

/** Pays credits of the free balance out. */
export const creditWithdraw: Run = async (context, { args, options }) => {
  const { out } = context
  const amount = creditsFrom(args[0] ?? '')
  const receiver = textOption(options, 'to')
  const to = receiver === undefined ? undefined : await addressFrom(receiver)
  const grid = await context.signing()
  out.progress('Withdrawing …')
  const transaction = await withdraw(grid, amount, to)
  const { wallet, free } = await getBalances(grid, grid.wallet.account.address)
  out.progress('')
  out.result({ transaction, amount, wallet, free }, () =>
    out.line(`Withdrew ${creditsText(amount)} credits; ${creditsText(free)} are left.`),
  )
  return undefined
}
