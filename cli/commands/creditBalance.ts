import { getBalances } from '../../sdk/actions/getBalances.ts'
import { addressFrom } from '../arguments.ts'
import type { Run } from '../command.ts'
import { creditsText } from '../output/amounts.ts'

/** The credits of an account: in its wallet, and deposited at the grid. */
export const creditBalance: Run = async (context, { args }) => {
  const { out } = context
  const account = args[0] === undefined ? await context.account() : await addressFrom(args[0])
  const grid = await context.grid()
  const [{ wallet, free }, nativeCoin] = await Promise.all([
    getBalances(grid, account),
    grid.publicClient.getBalance({ address: account }),
  ])
  out.result({ account, wallet, free, nativeCoin }, () =>
    out.facts([
      ['account', account],
      ['in the wallet', `${creditsText(wallet)} credits`],
      ['deposited', `${creditsText(free)} credits, free to spend on jobs`],
      ['native coin', `${creditsText(nativeCoin)} for gas${nativeCoin === 0n ? '; without it give --gasless' : ''}`],
    ]),
  )
  return undefined
}
