import { deposit } from '../../sdk/actions/deposit.ts'
import { depositWithPermit } from '../../sdk/actions/depositWithPermit.ts'
import { getBalances } from '../../sdk/actions/getBalances.ts'
import type { Run } from '../command.ts'
import { creditsFrom, creditsText } from '../output/amounts.ts'

/** Moves credits from the wallet into the free balance at the grid. */
export const creditDeposit: Run = async (context, { args, options }) => {
  const { out } = context
  const amount = creditsFrom(args[0] ?? '')
  const grid = await context.signing()
  out.progress('Depositing …')
  const transaction = await (options['approve'] === true ? deposit : depositWithPermit)(grid, amount)
  const { wallet, free } = await getBalances(grid, grid.wallet.account.address)
  out.progress('')
  out.result({ transaction, amount, wallet, free }, () =>
    out.line(`Deposited ${creditsText(amount)} credits; ${creditsText(free)} are free.`),
  )
  return undefined
}
