import { getEarnings } from '../../sdk/actions/getEarnings.ts'
import { withdrawEarnings } from '../../sdk/actions/withdrawEarnings.ts'
import { providerFrom } from '../arguments.ts'
import type { Run } from '../command.ts'
import { creditsText } from '../output/amounts.ts'

/** What a provider has earned, and with --withdraw the payment to its owner. */
export const providerEarnings: Run = async (context, { args, options }) => {
  const { out } = context
  const provider = providerFrom(args[0] ?? '')
  const earned = await getEarnings(await context.grid(), provider)
  if (options['withdraw'] !== true) {
    out.result({ provider, earnings: earned }, () =>
      out.line(`Provider ${provider} has ${creditsText(earned)} credits to withdraw.`),
    )
    return undefined
  }
  const transaction = await withdrawEarnings(await context.signing(), provider)
  out.result({ provider, withdrawn: earned, transaction }, () =>
    out.line(`${creditsText(earned)} credits went to the owner of provider ${provider}.`),
  )
  return undefined
}
