import { unstake } from '../../sdk/actions/unstake.ts'
import { withdrawStake } from '../../sdk/actions/withdrawStake.ts'
import { providerFrom } from '../arguments.ts'
import { usageError } from '../cliError.ts'
import type { Run } from '../command.ts'
import { creditsFrom, creditsText } from '../output/amounts.ts'
import { momentText } from '../output/times.ts'

/** Marks stake as leaving, and later withdraws what was marked. */
export const providerUnstake: Run = async (context, { args, options }) => {
  const { out } = context
  const provider = providerFrom(args[0] ?? '')
  if (options['withdraw'] === true) {
    const transaction = await withdrawStake(await context.signing(), provider)
    out.result({ transaction, provider }, () =>
      out.line(`The stake of provider ${provider} that was leaving is in the owner’s wallet.`),
    )
    return undefined
  }
  if (args[1] === undefined)
    throw usageError('AMOUNT_MISSING', 'How much shall leave? Give credits, or --withdraw for what has left.')
  const amount = creditsFrom(args[1])
  const unbondsAt = await unstake(await context.signing(), provider, amount)
  out.result({ provider, amount, unbondsAt }, () =>
    out.line(
      `${creditsText(amount)} credits can be withdrawn from ${momentText(unbondsAt)} UTC on, with dps provider unstake ${provider} --withdraw.`,
    ),
  )
  return undefined
}
