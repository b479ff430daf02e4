import { setOffer } from '../../sdk/actions/setOffer.ts'
import { providerFrom } from '../arguments.ts'
import type { Run } from '../command.ts'
import { offerFrom } from '../offerFrom.ts'
import { readInput } from '../readInput.ts'

/** Publishes what a provider sells. */
export const providerOffer: Run = async (context, { args }) => {
  const { out, around } = context
  const provider = providerFrom(args[0] ?? '')
  const path = args[1] ?? '-'
  const offer = offerFrom(await readInput(path, around), path)
  const grid = await context.signing()
  out.progress('Publishing …')
  const transaction = await setOffer(grid, provider, offer)
  out.progress('')
  out.result({ transaction, provider, offer }, () =>
    out.line(`Provider ${provider} sells by the new offer; jobs that are assigned keep their rate.`),
  )
  return undefined
}
