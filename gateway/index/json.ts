import type { JobRequest } from '../../sdk/domain/job.ts'
import type { Offer } from '../../sdk/domain/provider.ts'

/** JSON of plain data, amounts as decimal text. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part))
}

/** The request behind its JSON. */
export function requestFrom(text: string): JobRequest {
  const request = JSON.parse(text)
  const { work } = request
  return {
    ...request,
    budget: BigInt(request.budget),
    topUpLimit: BigInt(request.topUpLimit),
    work: { ...work, salt: BigInt(work.salt) },
  }
}

/** The offer behind its JSON. */
export function offerFrom(text: string): Offer {
  const offer = JSON.parse(text)
  const { cpuPerMinute, memPerMinute, gpuPerMinute } = offer.prices
  return {
    ...offer,
    prices: {
      cpuPerMinute: BigInt(cpuPerMinute),
      memPerMinute: BigInt(memPerMinute),
      gpuPerMinute: BigInt(gpuPerMinute),
    },
  }
}
