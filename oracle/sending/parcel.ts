import { ZeroAddress } from 'ethers'
import type { Hex, JobTerms } from '../../sdk/domain/job.ts'
import type { GridDomain } from '../../sdk/domain/typedData.ts'
import { jobIdOf } from '../chain/hashes.ts'
import type { DepositPermit, Message } from '../messages.ts'

/** What a batch of assignments was decided on. */
export interface PlanSource {
  readonly snapshotBlock: number
  readonly policy: Hex
  readonly inputs: Hex
}

/** What the oracle itself wants done. */
export type Act =
  | {
      readonly kind: 'assign'
      readonly source: PlanSource
      readonly terms: JobTerms
      readonly provider: number
      readonly expectedRate: bigint
    }
  | { readonly kind: 'expire'; readonly terms: JobTerms }
  /** Raises a budget within the request's topUpLimit to `total`, credits with 18 decimals. */
  | { readonly kind: 'delegated-top-up'; readonly terms: JobTerms; readonly total: bigint }

/** The kinds of what is sent, in the order in which one tick sends them. */
export const PARCEL_KINDS = [
  'request',
  'cancel',
  'top-up',
  'reports',
  'heartbeat',
  'delegated-top-up',
  'assign',
  'expire',
] as const
export type ParcelKind = (typeof PARCEL_KINDS)[number]

/** One thing to be sent; a transaction carries parcels of one kind. */
export interface Parcel {
  readonly kind: ParcelKind
  readonly key: string
  readonly content: Message | Act
  /** What one transaction alone may be about at a time, and only once in it: jobs and providers. */
  readonly subjects: readonly string[]
  /** What one transaction alone may be about at a time, but as often as it likes: who pays, and the plan. */
  readonly shared: readonly string[]
  /** Permits that are to be used before, for requests. */
  readonly permits: readonly DepositPermit[]
}

/** The account that pays for a customer's job. */
export function payerOf(terms: { readonly payer: Hex; readonly customer: Hex }): Hex {
  return terms.payer === ZeroAddress ? terms.customer : terms.payer
}

/** A stored message as a parcel. Its key is the message's. */
export function parcelOfMessage(domain: GridDomain, key: string, message: Message): Parcel {
  const parcel = { kind: message.kind, key, content: message, subjects: [], shared: [], permits: [] }
  switch (message.kind) {
    case 'request': {
      const permits = message.permit === undefined ? [] : [message.permit]
      return { ...parcel, subjects: [`job:${key}`], shared: [`payer:${payerOf(message.request)}`], permits }
    }
    case 'cancel':
      return { ...parcel, subjects: [`job:${jobIdOf(domain, message.terms)}`] }
    case 'top-up':
      return {
        ...parcel,
        subjects: [`job:${jobIdOf(domain, message.terms)}`],
        shared: [`payer:${payerOf(message.terms)}`],
      }
    case 'reports':
      return { ...parcel, subjects: [...new Set(message.reports.map(({ id }) => `job:${id}`))] }
    case 'heartbeat':
      return { ...parcel, subjects: [`provider:${message.heartbeat.provider}`] }
  }
}

/** An act of the oracle as a parcel. Its key is the job's id. */
export function parcelOfAct(job: Hex, act: Act): Parcel {
  const shared = act.kind === 'assign' ? ['plan'] : act.kind === 'expire' ? [] : [`payer:${payerOf(act.terms)}`]
  return { kind: act.kind, key: job, content: act, subjects: [`job:${job}`], shared, permits: [] }
}

/**
 * The parcels that may be sent now, in order: what is about something that a transaction is on its way for must wait, for how it
 * ends decides about the next.
 */
export function readyParcels(parcels: readonly Parcel[], onTheWay: ReadonlySet<string>): readonly Parcel[] {
  const taken = new Set<string>()
  return parcels.filter(({ subjects, shared }) => {
    const waits = [...subjects, ...shared].some((subject) => onTheWay.has(subject))
    const isFree = !waits && !subjects.some((subject) => taken.has(subject))
    // Later parcels about the same thing must not overtake one that waits.
    for (const subject of subjects) taken.add(subject)
    return isFree
  })
}
