import { approveProvider } from '../../sdk/actions/approveProvider.ts'
import { providerFrom } from '../arguments.ts'
import type { Run } from '../command.ts'

/** Lets a provider be given jobs. For those with the approver role. */
export const providerApprove: Run = async (context, { args }) => {
  const { out } = context
  const provider = providerFrom(args[0] ?? '')
  const transaction = await approveProvider(await context.signing(), provider)
  out.result({ transaction, provider }, () => out.line(`Provider ${provider} may be given jobs.`))
  return undefined
}
