import { z } from 'zod'
import { readText } from '../files/readText.ts'
import { InspectionFailed } from './nodes.ts'
import type { OfferDraft } from './proposeOffer.ts'

const count = z.int().min(0)

const schema = z.strictObject({
  prices: z.strictObject({ cpuPerMinute: z.string(), memPerMinute: z.string(), gpuPerMinute: z.string() }),
  maxOpenJobs: count,
  acceptsDirect: z.boolean().default(false),
  nodes: z.array(
    z.strictObject({ count, cpus: count, mem: count, gpus: count.default(0), gpuModel: z.string().default('') }),
  ),
  labels: z.array(z.strictObject({ key: z.string(), value: z.string() })).default([]),
})

/** The offer that a file holds; undefined where there is no file. Throws InspectionFailed for one that is no offer, and leaves it alone. */
export function readOfferDraft(file: string): OfferDraft | undefined {
  const text = readText(file)
  if (text === undefined) return undefined
  const result = schema.safeParse(parsed(text))
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new InspectionFailed(
    `${file} holds no offer: ${issue?.path.join('.') || 'it'}: ${issue?.message}. Mend it, or name another file.`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
