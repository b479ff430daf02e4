import type { z } from 'zod'
import type { Explanation } from '../../../scheduling/explain.ts'
import { decisionPayload } from './payloads.ts'
import type { explanation } from './schemas.ts'

/** What the plan says of a job; undefined where it says nothing, because the job does not wait. */
export function explanationPayload(told: Explanation | undefined): z.output<typeof explanation> | undefined {
  if (told === undefined) return undefined
  const { decision, expectedStart, refusals } = told
  return { decision: decisionPayload(decision, expectedStart), refusals: [...refusals] }
}
