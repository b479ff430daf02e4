import { splitPenalty } from '../../../sdk/domain/settlement.ts'
import type { Books } from './books.ts'
import type { Grid } from './grid.ts'
import { type JobCase, rateAt } from './requests.ts'

/** Adds up changes of the books; what cancels out disappears. */
export function sumOf(...changes: readonly Books[]): Books {
  const total: Record<string, bigint> = {}
  for (const change of changes) {
    for (const [name, amount] of Object.entries(change)) total[name] = (total[name] ?? 0n) + amount
  }
  return Object.fromEntries(Object.entries(total).filter(([, amount]) => amount !== 0n))
}

/** A job was opened at alpha. */
export function opened(grid: Grid): Books {
  return { 'alpha.open': 1n, 'alpha.reserved': grid.config.silencePenalty }
}

/** A job is no longer at alpha. */
export function closed(grid: Grid): Books {
  return { 'alpha.open': -1n, 'alpha.reserved': -grid.config.silencePenalty }
}

/** The customer got the whole budget back. */
export function refunded(job: JobCase): Books {
  return { customer: job.request.budget }
}

/** A job ran at alpha for so many charged seconds: the cost is the formula of the design, written out once more. */
export function settled(grid: Grid, job: JobCase, seconds: number): Books {
  const cost = (rateAt(grid.alpha, job) * BigInt(seconds)) / 60n
  const cut = (cost * BigInt(grid.config.parameters.cutPermille)) / 1000n
  return sumOf(closed(grid), { customer: job.request.budget - cost, 'alpha.earnings': cost - cut, cut })
}

/** A penalty was taken from alpha, by the stranger who enforced it or because alpha was late itself. */
export function penalised(amount: bigint, enforced: boolean): Books {
  const { treasury, customer, enforcer } = splitPenalty(amount, enforced)
  return sumOf({ 'alpha.stake': -amount, held: amount, cut: treasury, customer, stranger: enforcer })
}
