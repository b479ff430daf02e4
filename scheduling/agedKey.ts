import type { Lane, WaitingJob } from './lane.ts'
import type { Policy } from './policies.ts'

/**
 * The weight that the jobs of a lane have at `now`: predicted area × share of the customer, so that short and narrow jobs of customers
 * that used little go first (after the "smallest area first" of Carastan-Santos and de Camargo, 2017, and the fair share of Slurm's
 * multifactor priority).
 */
export function weightOf({ aging }: Policy, lane: Lane, now: number): number {
  const { customer, jobClass } = lane
  const head = lane.head()
  if (lane.estimatedAt !== customer.version && head !== undefined) {
    lane.estimate = Math.max(1, customer.predict(head.request))
    lane.estimatedAt = customer.version
  }
  const area = lane.estimate * power(jobClass.size, aging.widthExponent)
  return area * power(1 + customer.usage(now) / aging.shareUnit, aging.shareExponent)
}

/**
 * The key that the queue is ordered by, smallest first: the weight / (1 + wait / unit) ^ exponent, so that none is forgotten. Among the
 * jobs of one lane it never turns the order of submission over.
 */
export function orderKey(policy: Policy, weight: number, job: WaitingJob, now: number): number {
  if (policy.order === 'submission') return job.submittedAt
  if (policy.order === 'shortest') return weight
  const { unitSeconds, exponent } = policy.aging
  return weight / power(1 + Math.max(0, now - job.submittedAt) / unitSeconds, exponent)
}

// Square roots, products and quotients are exact on every machine; a general power need not be. Exponents are multiples of a quarter.
function power(base: number, exponent: number): number {
  const whole = Math.floor(exponent)
  let result = 1
  for (let factor = 0; factor < whole; factor += 1) result *= base
  const quarters = Math.round((exponent - whole) * 4)
  if (quarters >= 2) result *= Math.sqrt(base)
  if (quarters % 2 === 1) result *= Math.sqrt(Math.sqrt(base))
  return result
}
