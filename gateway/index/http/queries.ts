import { getAddress } from 'viem'
import { z } from 'zod'
import type { Hex } from '../../../sdk/domain/job.ts'
import { PROVIDER_STATUSES } from '../../../sdk/domain/provider.ts'
import { REQUEST_LIMITS, REQUEST_TEXT_LIMITS } from '../../../sdk/domain/resources.ts'
import { JOB_STATUSES } from '../../../sdk/domain/status.ts'

/** Items of a page at most. */
export const MOST_ITEMS = 200
const MOST_PROVIDER = 2 ** 24 - 1
const LATEST = 2 ** 40 - 1

const digits = z.string().regex(/^\d{1,15}$/)
// Digits alone: what else JavaScript takes for a number is refused. The description calls it the number that it is.
const number = (least: number, most: number) =>
  digits
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ type: 'integer', pattern: undefined, minimum: least, maximum: most })

const account = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text): Hex => getAddress(text.toLowerCase() as Hex))
const id = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((text) => text.toLowerCase() as Hex)
const time = number(0, LATEST)

/** One or several words, repeated or with commas between them. */
const several = <Word extends string>(words: readonly Word[]) =>
  z
    .union([z.string().max(256), z.array(z.string().max(256)).max(words.length)])
    .transform((value) => [value].flat().flatMap((text) => text.split(',')))
    .pipe(z.array(z.enum(words)).max(words.length))

const states = several(JOB_STATUSES.filter((status) => status !== 'NONE')).describe('one or several, with commas')
const page = {
  limit: number(1, MOST_ITEMS).default(50),
  cursor: z.string().max(32).optional(),
}
const ordered = { order: z.enum(['newest', 'oldest']).default('newest'), ...page }

export const jobParams = z.strictObject({ id })
export const providerParams = z.strictObject({ index: number(1, MOST_PROVIDER) })

export const jobsQuery = z.strictObject({
  customer: account.optional(),
  provider: number(0, MOST_PROVIDER).optional(),
  state: states.optional(),
  submittedFrom: time.optional(),
  submittedUntil: time.optional(),
  ...ordered,
})

export const transitionsQuery = z.strictObject({
  customer: account.optional(),
  provider: number(0, MOST_PROVIDER).optional(),
  to: states.optional(),
  from: time.optional(),
  until: time.optional(),
  ...ordered,
})

export const providersQuery = z.strictObject({ status: several(PROVIDER_STATUSES.slice(1)).optional(), ...page })

const scope = { customer: account.optional(), provider: number(1, MOST_PROVIDER).optional() }
export const totalsQuery = z.strictObject(scope)
export const daysQuery = z.strictObject({ from: z.iso.date(), to: z.iso.date(), ...scope })

const resource = (name: keyof typeof REQUEST_LIMITS) =>
  z.int().min(REQUEST_LIMITS[name][0]).max(REQUEST_LIMITS[name][1])
const credits = z
  .string()
  .regex(/^\d{1,29}$/)
  .describe('credits with 18 decimals, as decimal text')

export const quoteBody = z
  .strictObject({
    tasks: resource('tasks'),
    cpusPerTask: resource('cpusPerTask'),
    memPerCpu: resource('memPerCpu').describe('MB'),
    gpus: resource('gpus').default(0).describe('of the whole job'),
    timeLimit: resource('timeLimit').describe('seconds'),
    affinity: z.string().max(REQUEST_TEXT_LIMITS.affinity).default(''),
    provider: z.int().min(0).max(MOST_PROVIDER).default(0).describe('0 for any'),
    customer: account.optional().describe('whose earlier runs the plan looks at'),
    budget: credits.optional(),
    startBy: z.int().min(0).max(LATEST).optional().describe('unix seconds'),
    submitBy: z.enum(['relay', 'wallet']).default('relay'),
  })
  .meta({ id: 'QuoteRequest' })

export type QuoteWish = z.output<typeof quoteBody>
