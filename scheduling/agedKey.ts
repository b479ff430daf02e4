import type { Lane, WaitingJob } from './lane.ts'
import type { Policy } from './policies.ts'

/**
 * The key that the queue is ordered by, smallest first. By age: predicted area × share of the customer / (1 + wait / unit) ^ exponent, so
 * that short and narrow jobs go first and none is forgotten (after the aged "smallest area first" of Carastan-Santos and de Camargo, 2017,
 * and the fair share of Slurm's multifactor priority). Within one lane it never turns the order of submission over.
 */
export function orderKey(policy: Policy, lane: Lane, job: WaitingJob, now: number): number {
  if (policy.order === 'submission') return job.submittedAt
  const { unitSeconds, exponent, widthExponent, shareUnit, shareExponent } = policy.aging
  const { customer, jobClass } = lane
  if (lane.estimatedAt !== customer.version) {
    lane.estimate = Math.max(1, customer.predict(job.request))
    lane.estimatedAt = customer.version
  }
  const area = lane.estimate * power(jobClass.size, widthExponent)
  const share = power(1 + customer.usage(now) / shareUnit, shareExponent)
  return (area * share) / power(1 + Math.max(0, now - job.submittedAt) / unitSeconds, exponent)
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
