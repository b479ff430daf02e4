import { getAllowance } from '../sdk/actions/getAllowance.ts'
import { getBalances } from '../sdk/actions/getBalances.ts'
import { type DepositPermit, signDepositPermit } from '../sdk/actions/signDepositPermit.ts'
import type { JobRequest } from '../sdk/domain/job.ts'
import { NOBODY } from '../sdk/jobId.ts'
import { CliError } from './cliError.ts'
import type { SigningClient } from './context.ts'
import { EXIT } from './exitCodes.ts'
import { creditsText } from './output/amounts.ts'

/**
 * The permit that deposits what the free balance lacks for a budget; undefined where nothing is lacking.
 *
 * @throws CliError FUNDS_MISSING or ALLOWANCE_TOO_LOW, which say how much
 */
export async function fundingFor(grid: SigningClient, request: JobRequest): Promise<DepositPermit | undefined> {
  const { payer, customer, budget } = request
  if (payer !== NOBODY && payer.toLowerCase() !== customer.toLowerCase()) {
    const { amount } = await getAllowance(grid, payer, customer)
    if (amount >= budget) return undefined
    const words = `${payer} allows this account ${creditsText(amount)} credits, and the budget is ${creditsText(budget)}. Ask it for more.`
    throw new CliError('ALLOWANCE_TOO_LOW', words, EXIT.refused)
  }
  const { free, wallet } = await getBalances(grid, customer)
  if (free >= budget) return undefined
  if (free + wallet >= budget) return signDepositPermit(grid, budget - free)
  const words = `The budget is ${creditsText(budget)} credits, and the account has ${creditsText(free)} deposited and ${creditsText(wallet)} in its wallet.`
  throw new CliError(
    'FUNDS_MISSING',
    `${words} Get credits for ${customer}, or lower --budget or --time-limit.`,
    EXIT.refused,
  )
}
