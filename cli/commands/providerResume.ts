import { resume } from '../../sdk/actions/resume.ts'
import { providerFrom } from '../arguments.ts'
import type { Run } from '../command.ts'

/** Asks for jobs for a provider again. */
export const providerResume: Run = async (context, { args }) => {
  const { out } = context
  const provider = providerFrom(args[0] ?? '')
  const transaction = await resume(await context.signing(), provider)
  out.result({ transaction, provider }, () => out.line(`Provider ${provider} gets jobs again.`))
  return undefined
}
