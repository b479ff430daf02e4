import { drain } from '../../sdk/actions/drain.ts'
import { providerFrom } from '../arguments.ts'
import type { Run } from '../command.ts'

/** Asks for no more jobs for a provider. */
export const providerDrain: Run = async (context, { args }) => {
  const { out } = context
  const provider = providerFrom(args[0] ?? '')
  const transaction = await drain(await context.signing(), provider)
  out.result({ transaction, provider }, () => out.line(`Provider ${provider} gets no more jobs; the open ones go on.`))
  return undefined
}
