import type { Hex } from '../sdk/domain/job.ts'
import { notFound, usageError } from './cliError.ts'
import type { Context } from './context.ts'

const LEAST_PREFIX = 6

/** The job that is meant: a whole id, or its beginning where it is a job of the wallet's account. Throws a CliError. */
export async function jobFrom(context: Context, text: string): Promise<Hex> {
  if (/^0x[0-9a-f]{64}$/i.test(text)) return text.toLowerCase() as Hex
  if (!/^0x[0-9a-f]{0,63}$/i.test(text) || text.length < 2 + LEAST_PREFIX) {
    throw usageError(
      'JOB_ID_INVALID',
      `${text} is no job id. Give 0x and 64 hex digits, or the first ${LEAST_PREFIX} or more of a job of yours.`,
    )
  }
  const { listJobs } = await import('../sdk/actions/listJobs.ts')
  const jobs = await listJobs(await context.grid(), await context.account(), { limit: Number.MAX_SAFE_INTEGER })
  const found = jobs.filter(({ id }) => id.startsWith(text.toLowerCase()))
  if (found.length > 1)
    throw usageError('JOB_ID_AMBIGUOUS', `${found.length} of your jobs begin with ${text}. Give more digits.`)
  const [only] = found
  if (only === undefined) throw notFound('JOB_UNKNOWN', `No job of yours begins with ${text}. See \`dps job list\`.`)
  return only.id
}

/** The index of a provider. Throws a CliError. */
export function providerFrom(text: string): number {
  return wholeFrom(text, 1, 0xffffff, 'the index of a provider')
}

/** A whole number within limits. Throws a CliError. */
export function wholeFrom(text: string, least: number, most: number, what: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw usageError('NUMBER_INVALID', `${text} is not ${what}. Give a whole number from ${least} to ${most}.`)
}

/** An address, whose checksum is right where it has one. Throws a CliError. */
export async function addressFrom(text: string): Promise<Hex> {
  const { isAddress } = await import('viem')
  if (isAddress(text)) return text
  throw usageError(
    'ADDRESS_INVALID',
    `${text} is no address. Give 0x and 40 hex digits, with a right checksum if in mixed case.`,
  )
}

/** The text of an option that was given; undefined where it was not. */
export function textOption(options: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}
