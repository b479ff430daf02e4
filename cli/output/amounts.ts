import { formatUnits, parseUnits } from 'viem'
import { usageError } from '../cliError.ts'

const SHOWN_DECIMALS = 6

/** Credits (18 decimals) for people: six decimals at most, rounded down. */
export function creditsText(amount: bigint): string {
  const [whole = '0', fraction = ''] = formatUnits(amount, 18).split('.')
  const shown = fraction.slice(0, SHOWN_DECIMALS).replace(/0+$/, '')
  if (whole === '0' && shown === '' && amount > 0n) return '<0.000001'
  return shown === '' ? whole : `${whole}.${shown}`
}

/** Credits from the command line, with 18 decimals. Throws a CliError. */
export function creditsFrom(text: string, what = 'an amount of credits'): bigint {
  if (!/^\d{1,11}(\.\d{1,18})?$/.test(text)) {
    throw usageError('AMOUNT_INVALID', `${text} is not ${what}. Give a decimal number, such as 12.5.`)
  }
  const amount = parseUnits(text, 18)
  if (amount === 0n || amount >= 1n << 96n) {
    throw usageError('AMOUNT_INVALID', `${text} is not ${what}. Give more than 0 and fewer than 79 billion.`)
  }
  return amount
}
