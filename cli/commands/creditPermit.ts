import { signDepositPermit } from '../../sdk/actions/signDepositPermit.ts'
import type { Run } from '../command.ts'
import { creditsFrom } from '../output/amounts.ts'

/** Signs a permit to deposit credits, for whoever sends it. */
export const creditPermit: Run = async (context, { args }) => {
  const amount = creditsFrom(args[0] ?? '')
  const permit = await signDepositPermit(await context.signing(), amount)
  const wire = { ...permit, amount: String(permit.amount), deadline: String(permit.deadline) }
  context.out.raw(`${JSON.stringify(wire, null, 2)}\n`)
  return undefined
}
