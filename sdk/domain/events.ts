import type { Heartbeat, Hex, JobRequest } from './job.ts'
import type { Contact, Offer, Profile } from './provider.ts'
import type { JobStatus } from './status.ts'

/** Where on the chain an event stands. Events are ordered by block, then log index. */
export interface EventPlace {
  readonly block: number
  readonly logIndex: number
  readonly blockHash: Hex
  readonly transaction: Hex
  /** Unix seconds of the block. */
  readonly time: number
}

/** What the contracts said, as plain data. Amounts are credits with 18 decimals. */
export type GridFact =
  | { readonly kind: 'job-submitted'; readonly id: Hex; readonly request: JobRequest }
  | {
      readonly kind: 'job-assigned'
      readonly id: Hex
      readonly provider: number
      readonly attempt: number
      readonly rate: bigint
      readonly cutPermille: number
    }
  | { readonly kind: 'job-scheduled'; readonly id: Hex; readonly provider: number; readonly attempt: number }
  | {
      readonly kind: 'job-started'
      readonly id: Hex
      readonly provider: number
      readonly attempt: number
      readonly startedAt: number
    }
  | {
      readonly kind: 'job-returned'
      readonly id: Hex
      readonly provider: number
      readonly attempt: number
      readonly from: JobStatus
      readonly reason: Hex
    }
  | {
      readonly kind: 'job-ended'
      readonly id: Hex
      readonly customer: Hex
      readonly provider: number
      readonly status: JobStatus
      readonly cost: bigint
      readonly cut: bigint
      readonly refund: bigint
      readonly secondsUsed: number
      readonly exitCode: number
      readonly result: Hex
    }
  | { readonly kind: 'cancel-requested'; readonly id: Hex; readonly customer: Hex; readonly provider: number }
  | { readonly kind: 'job-topped-up'; readonly id: Hex; readonly provider: number; readonly budget: bigint }
  | { readonly kind: 'job-skipped'; readonly id: Hex; readonly sender: Hex; readonly reason: Hex }
  | {
      readonly kind: 'penalty-split'
      readonly id: Hex
      readonly provider: number
      readonly amount: bigint
      readonly toCustomer: bigint
      readonly enforcer: Hex
      readonly toEnforcer: bigint
    }
  | { readonly kind: 'heartbeat-seen'; readonly provider: number; readonly heartbeat: Heartbeat }
  | {
      readonly kind: 'provider-registered'
      readonly provider: number
      readonly owner: Hex
      readonly contact: Contact
      readonly profile: Profile
    }
  | { readonly kind: 'contact-set'; readonly provider: number; readonly contact: Contact }
  | { readonly kind: 'profile-set'; readonly provider: number; readonly profile: Profile }
  | { readonly kind: 'offer-set'; readonly provider: number; readonly offer: Offer }
  | { readonly kind: 'stake-changed'; readonly provider: number; readonly stake: bigint }
  | {
      readonly kind: 'unbonding-started'
      readonly provider: number
      readonly amount: bigint
      readonly unbondsAt: number
    }
  | { readonly kind: 'provider-approved'; readonly provider: number }
  | { readonly kind: 'provider-banned'; readonly provider: number; readonly reason: string }
  | { readonly kind: 'draining-set'; readonly provider: number; readonly draining: boolean }

export type GridEvent = GridFact & { readonly place: EventPlace }
