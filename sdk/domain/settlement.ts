import type { Prices } from './provider.ts'
import type { RatedResources } from './resources.ts'

/** Shares of a penalty in thousandths: the rest goes to the treasury. */
export const PENALTY_CUSTOMER_PERMILLE = 300n
export const PENALTY_ENFORCER_PERMILLE = 200n

/** The largest rate that fits the job's slot, credits (18 decimals) per minute. */
export const MAX_RATE = (1n << 80n) - 1n

/**
 * Credits (18 decimals) per minute that resources cost at these prices:
 * tasks × cpusPerTask × cpu price + tasks × cpusPerTask × memPerCpu × memory price + gpus × gpu price.
 */
export function ratePerMinute(resources: RatedResources, prices: Prices): bigint {
  const cpus = BigInt(resources.tasks) * BigInt(resources.cpusPerTask)
  return (
    cpus * prices.cpuPerMinute +
    cpus * BigInt(resources.memPerCpu) * prices.memPerMinute +
    BigInt(resources.gpus) * prices.gpuPerMinute
  )
}

/** Credits that `seconds` at `rate` (credits per minute) cost, rounded down and never above `budget`. */
export function costRoundedDown(rate: bigint, seconds: number, budget: bigint): bigint {
  const cost = (rate * BigInt(seconds)) / 60n
  return cost < budget ? cost : budget
}

/** The smallest budget, in credits, that pays for `seconds` at `rate` (credits per minute): rounded up. */
export function budgetRoundedUp(rate: bigint, seconds: number): bigint {
  return (rate * BigInt(seconds) + 59n) / 60n
}

/** Seconds that a job may run: its time limit and what top-ups bought (60 × topped up / rate, rounded down), never more than the budget pays. */
export function allowedSeconds(timeLimit: number, requestedBudget: bigint, lockedBudget: bigint, rate: bigint): bigint {
  const bought = BigInt(timeLimit) + (60n * (lockedBudget - requestedBudget)) / rate
  const paid = (60n * lockedBudget) / rate
  return bought < paid ? bought : paid
}

/** The protocol's part of a cost, rounded down. */
export function cutRoundedDown(cost: bigint, cutPermille: number): bigint {
  return (cost * BigInt(cutPermille)) / 1000n
}

/** Who gets which part of a penalty; the parts add up to it. Without an enforcer its part stays with the treasury. */
export function splitPenalty(
  penalty: bigint,
  enforced: boolean,
): { readonly treasury: bigint; readonly customer: bigint; readonly enforcer: bigint } {
  const customer = (penalty * PENALTY_CUSTOMER_PERMILLE) / 1000n
  const enforcer = enforced ? (penalty * PENALTY_ENFORCER_PERMILLE) / 1000n : 0n
  return { treasury: penalty - customer - enforcer, customer, enforcer }
}
