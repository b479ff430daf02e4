import { REQUEST_LIMITS } from '../sdk/domain/resources.ts'
import { budgetRoundedUp } from '../sdk/domain/settlement.ts'
import { CliError } from './cliError.ts'
import { EXIT } from './exitCodes.ts'
import type { PreparedJob } from './jobOptions.ts'
import { creditsText } from './output/amounts.ts'
import type { GridQuote } from './quoting.ts'

/**
 * The budget and the time limit of a job. Without a budget it is what the dearest able provider takes for the time limit, so that each of
 * them may run it; with a budget and no time limit, the time that the budget buys at the dearest it reaches.
 *
 * @throws CliError NO_PROVIDER_ABLE or BUDGET_TOO_LOW
 */
export function budgetOf(
  wanted: PreparedJob,
  quoted: GridQuote,
): { readonly budget: bigint; readonly timeLimit: number } {
  const able = quoted.providers.filter(({ isAble }) => isAble)
  const { budget, timeLimit, isTimed } = wanted
  if (budget !== undefined && !isTimed && able.length > 0) return { budget, timeLimit: secondsFor(budget, able) }
  if (able.length > 0) return { budget: budget ?? able.at(-1)?.cost ?? 0n, timeLimit }
  const short = quoted.providers.filter(({ hindrance }) => hindrance?.startsWith('The budget') === true)
  if (budget !== undefined && short.length > 0) {
    // The quotes come cheapest first.
    const least = short[0]?.cost ?? 0n
    throw refused(
      'BUDGET_TOO_LOW',
      `${creditsText(budget)} credits do not pay for ${timeLimit} s. Give --budget ${creditsText(least + 10n ** 12n)}, or a shorter --time-limit.`,
    )
  }
  const reasons = quoted.providers.map(({ provider, name, hindrance }) => `${provider} ${name}: ${hindrance}`)
  const why = reasons.length === 0 ? 'None is registered yet.' : reasons.join(' ')
  throw refused('NO_PROVIDER_ABLE', `No provider can run this job. ${why} Ask for less, or loosen the affinity.`)
}

function secondsFor(budget: bigint, able: GridQuote['providers']): number {
  const rate = able.at(-1)?.ratePerMinute ?? 1n
  const seconds = (60n * budget) / rate
  const [least, most] = REQUEST_LIMITS.timeLimit
  if (seconds >= BigInt(most)) return most
  if (seconds >= BigInt(least)) return Number(seconds)
  throw refused(
    'BUDGET_TOO_LOW',
    `${creditsText(budget)} credits buy less than a second. Give --budget ${creditsText(budgetRoundedUp(rate, 60))} for a minute.`,
  )
}

function refused(code: string, message: string): CliError {
  return new CliError(code, message, EXIT.refused)
}
