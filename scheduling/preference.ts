import { type AffinityRule, parseAffinity } from '../sdk/domain/affinity.ts'

/** What a customer wants of the providers that can start its job: `prefer=greenest` among the rules of its affinity. */
export const PREFERENCES = ['cheapest', 'soonest', 'greenest'] as const
export type Preference = (typeof PREFERENCES)[number]

/** The affinity of a request, with the wish taken out of the rules on labels. */
export interface Wishes {
  readonly rules: readonly AffinityRule[]
  readonly preference: Preference
}

/** Reads the affinity of a request; undefined where it cannot be read or wishes for something unknown. */
export function wishesOf(affinity: string): Wishes | undefined {
  const parsed = parseAffinity(affinity)
  if (parsed.kind === 'fault') return undefined
  const wish = parsed.rules.find((rule) => rule.key === 'prefer')
  const preference = PREFERENCES.find((candidate) => candidate === (wish?.value ?? 'cheapest'))
  if (preference === undefined) return undefined
  return { rules: parsed.rules.filter((rule) => rule.key !== 'prefer'), preference }
}
