import type { TalliesTable } from './tables.ts'
import type { CountedStatus, Tally } from './write/tally.ts'

/** The row of a tally. */
export function tallyRow(scope: string, block: number, tally: Tally): TalliesTable {
  const { submitted, assigned, returned, states } = tally
  return {
    scope,
    block,
    submitted,
    assigned,
    returned,
    pending: states.PENDING,
    meta_scheduled: states.META_SCHEDULED,
    scheduled: states.SCHEDULED,
    running: states.RUNNING,
    finished: states.FINISHED,
    failed: states.FAILED,
    out_of_credits: states.OUT_OF_CREDITS,
    cancelled: states.CANCELLED,
    panicked: states.PANICKED,
    cost: String(tally.cost),
    cut: String(tally.cut),
    refund: String(tally.refund),
    seconds_used: String(tally.secondsUsed),
    cpu_seconds: String(tally.cpuSeconds),
    gpu_seconds: String(tally.gpuSeconds),
  }
}

/** The tally of a row. */
export function tallyFrom(row: TalliesTable): Tally {
  const { submitted, assigned, returned } = row
  const states: Record<CountedStatus, number> = {
    PENDING: row.pending,
    META_SCHEDULED: row.meta_scheduled,
    SCHEDULED: row.scheduled,
    RUNNING: row.running,
    FINISHED: row.finished,
    FAILED: row.failed,
    OUT_OF_CREDITS: row.out_of_credits,
    CANCELLED: row.cancelled,
    PANICKED: row.panicked,
  }
  return {
    submitted,
    assigned,
    returned,
    states,
    cost: BigInt(row.cost),
    cut: BigInt(row.cut),
    refund: BigInt(row.refund),
    secondsUsed: BigInt(row.seconds_used),
    cpuSeconds: BigInt(row.cpu_seconds),
    gpuSeconds: BigInt(row.gpu_seconds),
  }
}

/** The scope of everything. */
export const GRID_SCOPE = ''

/** The scope of what happened at a provider. */
export function providerScope(provider: number): string {
  return `provider:${provider}`
}
