import { decayed, RECORD_HALF_LIFE_SECONDS } from './decay.ts'
import type { ProviderRecord } from './grid.ts'

export function emptyRecord(at: number): ProviderRecord {
  return { ended: 0, refused: 0, lost: 0, late: 0, at }
}

/** Counts one more of `what` at `now` (unix seconds), after what was counted before has decayed. */
export function count(record: ProviderRecord, what: 'ended' | 'refused' | 'lost' | 'late', now: number): void {
  const age = now - record.at
  record.ended = decayed(record.ended, age, RECORD_HALF_LIFE_SECONDS)
  record.refused = decayed(record.refused, age, RECORD_HALF_LIFE_SECONDS)
  record.lost = decayed(record.lost, age, RECORD_HALF_LIFE_SECONDS)
  record.late = decayed(record.late, age, RECORD_HALF_LIFE_SECONDS)
  record.at = Math.max(record.at, now)
  record[what] += 1
}

/**
 * The share of jobs that a provider brought to an end, 0 to 1, with two jobs kept taken on trust (Laplace's rule, so that one bad day
 * of a newcomer does not condemn it). A late job weighs as much as a lost one, a refusal half: it cost the customer a block or two.
 * Decay scales all counts alike and is therefore left to the next `count`.
 */
export function reliability(record: ProviderRecord): number {
  const broken = record.lost + record.late + record.refused / 2
  return (record.ended + 2) / (record.ended + broken + 2)
}
