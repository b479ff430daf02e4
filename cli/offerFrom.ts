import { parseUnits } from 'viem'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Offer } from '../sdk/domain/provider.ts'
import { usageError } from './cliError.ts'

const price = z
  .string('is no decimal number in quotes, such as "0.01"')
  .regex(/^\d+(\.\d{1,18})?$/, 'is not a decimal number in quotes, such as "0.01"')
  .transform((text) => parseUnits(text, 18))
  .refine((value) => value < 1n << 72n, 'is above 4,722 credits a minute')

const count = z.int('is not a whole number').min(0, 'is negative').max(0xffffffff, 'is above 4,294,967,295')

const offerSchema = z.strictObject({
  prices: z.strictObject({ cpuPerMinute: price, memPerMinute: price, gpuPerMinute: price }),
  maxOpenJobs: count,
  acceptsDirect: z.boolean().default(false),
  nodes: z
    .array(z.strictObject({ count, cpus: count, mem: count, gpus: count.default(0), gpuModel: z.string().default('') }))
    .min(1, 'names no node'),
  labels: z.array(z.strictObject({ key: z.string().min(1), value: z.string() })).default([]),
})

/** The offer that a text says in YAML or JSON: prices as decimal credits per minute in quotes. Throws OFFER_INVALID, which names the field. */
export function offerFrom(text: string, path: string): Offer {
  let content: unknown
  try {
    content = parse(text)
  } catch (error) {
    const what = error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
    throw usageError('OFFER_INVALID', `${path} is no YAML: ${what}`)
  }
  const result = offerSchema.safeParse(content)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw usageError(
    'OFFER_INVALID',
    `${path}: ${issue?.path.join('.') || 'the offer'}: ${issue?.message}. See \`dps provider offer --help\`.`,
  )
}
