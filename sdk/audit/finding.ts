import type { EventPlace } from '../domain/events.ts'

/** What kind of thing does not follow; stable, for programs to switch on. */
export type FindingCode =
  | 'placement-differs'
  | 'policy-unknown'
  | 'inputs-missing'
  | 'snapshot-later'
  | 'transition-illegal'
  | 'attempt-wrong'
  | 'rate-wrong'
  | 'budget-too-low'
  | 'provider-not-wanted'
  | 'cut-wrong'
  | 'direct-job-early'
  | 'start-impossible'
  | 'seconds-too-many'
  | 'cost-wrong'
  | 'refund-wrong'
  | 'penalty-wrong'
  | 'budget-not-raised'
  | 'stake-wrong'
  | 'balance-negative'
  | 'balance-wrong'
  | 'credits-missing'

/** Something on the chain that does not follow from what was there before. */
export interface Finding {
  readonly code: FindingCode
  /** A job's id, `provider 1`, an account, or `batch`. */
  readonly subject: string
  /** What is there and what should be. */
  readonly sentence: string
  readonly block: number
  /** Empty for what is true of the end alone. */
  readonly transaction: string
}

/** Takes findings in. */
export type Report = (code: FindingCode, subject: string, sentence: string, place?: EventPlace) => void
