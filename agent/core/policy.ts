import type { Hex, JobRequest } from '../../sdk/domain/job.ts'

/** Which jobs the operator takes beside those that the runner has room for. Jobs that run already are never touched by it. */
export interface Policy {
  /** Takes nothing new. */
  readonly isDraining: boolean
  /** Longest time limit at the start, seconds; absent: any. */
  readonly longestSeconds?: number
  /** Addresses in lower case whose jobs are taken; absent: everybody's. */
  readonly customers?: ReadonlySet<Hex>
}

/** Why the operator does not take a job; undefined where he does. */
export function refusedBy(policy: Policy, { customer, timeLimit }: JobRequest): string | undefined {
  const { customers, isDraining, longestSeconds = Number.POSITIVE_INFINITY } = policy
  if (isDraining) return 'provider-draining'
  if (timeLimit > longestSeconds) return 'policy-time-limit'
  const isStranger = customers !== undefined && !customers.has(customer.toLowerCase() as Hex)
  return isStranger ? 'policy-customer' : undefined
}
