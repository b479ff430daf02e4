import { hexToString } from 'viem'
import type { z } from 'zod'
import type { Decision } from '../../../scheduling/decision.ts'
import { roomOf } from '../../../scheduling/feasible.ts'
import { sentenceOf } from '../../../scheduling/reasons.ts'
import { reliability } from '../../../scheduling/record.ts'
import type { SnapshotTerms } from '../../../scheduling/snapshot.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import { isFinal, statusFromNumber } from '../../../sdk/domain/status.ts'
import { gridProviderFrom } from '../gridRows.ts'
import { textOf } from '../json.ts'
import { placeParts } from '../place.ts'
import type { JobRow } from '../queries/jobs.ts'
import type { ProviderRow } from '../queries/providers.ts'
import type { AsOf } from '../queries/reading.ts'
import type { TransitionRow } from '../queries/transitions.ts'
import type { Tally } from '../write/tally.ts'
import type * as schemas from './schemas.ts'

type Payload<Name extends keyof typeof schemas> = (typeof schemas)[Name] extends z.ZodType
  ? z.output<(typeof schemas)[Name]>
  : never

export function asOfPayload({ block, time }: AsOf): Payload<'asOf'> {
  return { block, time }
}

export function jobPayload(row: JobRow): Payload<'job'> {
  const state = counted(row.status)
  return {
    id: row.id,
    state,
    // Stored as it is shown: amounts are text there.
    request: JSON.parse(row.request),
    attempt: row.attempt,
    provider: row.provider,
    since: row.since,
    budget: row.budget,
    ratePerMinute: row.rate,
    cancelRequested: row.cancel_requested === 1,
    submittedAt: row.submitted_at,
    changedAt: row.changed_at,
    submission: { ...placeParts(row.job), transaction: row.submit_transaction },
    ending: isFinal(state)
      ? { at: row.changed_at, transaction: row.change_transaction, ...JSON.parse(row.details ?? '{}') }
      : null,
  }
}

export function transitionPayload(row: TransitionRow): Payload<'transition'> {
  return {
    job: row.id,
    from: statusFromNumber(row.from_status),
    to: counted(row.status),
    attempt: row.attempt,
    provider: row.party,
    at: row.at,
    ...placeParts(row.place),
    transaction: row.transaction_hash,
    details: detailsPayload(row),
  }
}

function detailsPayload(row: TransitionRow): Payload<'transition'>['details'] {
  const details = JSON.parse(row.details ?? '{}')
  switch (row.kind) {
    case 'job-assigned':
      return { kind: 'job-assigned', ratePerMinute: row.rate, cutPermille: details.cutPermille }
    case 'job-scheduled':
      return { kind: 'job-scheduled' }
    case 'job-started':
      return { kind: 'job-started', startedAt: row.since }
    case 'job-returned':
      return { kind: 'job-returned', reason: reasonText(details.reason) }
    case 'job-ended':
      return { kind: 'job-ended', ...details }
    default:
      return { kind: 'job-submitted' }
  }
}

/** The ASCII that a provider put into 32 bytes; what is not ASCII is shown as dots. */
function reasonText(reason: Hex): string {
  return hexToString(reason, { size: 32 }).replace(/[^\x20-\x7e]/g, '.')
}

export function providerPayload(row: ProviderRow, terms: SnapshotTerms): Payload<'provider'> {
  const provider = gridProviderFrom(row)
  const room = roomOf(provider, terms)
  const { index, owner, status, draining, contact, profile, stake, unbonding, unbondsAt, openJobs, lastSeen, record } =
    provider
  return {
    index,
    owner,
    status,
    isDraining: draining,
    contact,
    profile,
    stake: String(stake),
    unbonding: String(unbonding),
    unbondsAt,
    offer: row.offer === null ? null : JSON.parse(row.offer),
    openJobs,
    lastSeen,
    registeredAt: row.registered_at,
    record,
    reliability: reliability(record),
    room: typeof room === 'number' ? room : 0,
    hindrance: typeof room === 'number' ? null : { reason: room, sentence: sentenceOf(room) },
  }
}

export function totalsPayload(tally: Tally): Payload<'totals'> {
  const { submitted, assigned, returned, states, ...amounts } = tally
  const { FINISHED, FAILED, OUT_OF_CREDITS, CANCELLED, PANICKED } = states
  const ended = FINISHED + FAILED + OUT_OF_CREDITS + CANCELLED + PANICKED
  return { submitted, assigned, returned, ended, states, ...JSON.parse(textOf(amounts)) }
}

export function decisionPayload(decision: Decision, expectedStart: number | undefined): Payload<'decision'> {
  const { reason } = decision
  const sentence = sentenceOf(reason)
  if (decision.kind === 'placed') {
    return { kind: 'placed', provider: decision.provider, ratePerMinute: String(decision.rate), reason, sentence }
  }
  return { kind: 'waiting', reason, sentence, place: decision.place ?? null, expectedStart: expectedStart ?? null }
}

function counted(status: number): Payload<'jobState'> {
  return statusFromNumber(status) as Payload<'jobState'>
}
