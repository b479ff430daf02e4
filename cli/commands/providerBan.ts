import { banProvider } from '../../sdk/actions/banProvider.ts'
import { providerFrom } from '../arguments.ts'
import type { Run } from '../command.ts'

/** Stops a provider from being given jobs, for a reason that everybody can read. For those with the approver role. */
export const providerBan: Run = async (context, { args }) => {
  const { out } = context
  const provider = providerFrom(args[0] ?? '')
  const transaction = await banProvider(await context.signing(), provider, args[1] ?? '')
  out.result({ transaction, provider }, () => out.line(`Provider ${provider} is banned; its open jobs go on.`))
  return undefined
}
