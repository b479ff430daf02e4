import { getProvider } from '../../sdk/actions/getProvider.ts'
import { stake } from '../../sdk/actions/stake.ts'
import { providerFrom } from '../arguments.ts'
import type { Run } from '../command.ts'
import { creditsFrom, creditsText } from '../output/amounts.ts'

/** Adds credits of the wallet to the stake of a provider. */
export const providerStake: Run = async (context, { args }) => {
  const { out } = context
  const provider = providerFrom(args[0] ?? '')
  const amount = creditsFrom(args[1] ?? '')
  const grid = await context.signing()
  out.progress('Staking …')
  const transaction = await stake(grid, provider, amount)
  const { stake: total } = await getProvider(grid, provider)
  out.progress('')
  out.result({ transaction, provider, stake: total }, () =>
    out.line(`Provider ${provider} has a stake of ${creditsText(total)} credits.`),
  )
  return undefined
}
