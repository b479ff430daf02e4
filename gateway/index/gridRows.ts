import type { Selectable } from 'kysely'
import type { GridJob, GridProvider } from '../../scheduling/grid.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import { PROVIDER_STATUSES } from '../../sdk/domain/provider.ts'
import { statusFromNumber } from '../../sdk/domain/status.ts'
import { offerFrom, requestFrom } from './json.ts'
import type { JobsView, ProviderStatesTable, ProvidersView } from './tables.ts'

/** A job as planning sees it. Its place stands for its number among the submissions: the order is the same. */
export function gridJobFrom(row: Selectable<JobsView>, failedBy: number[] = []): GridJob {
  return {
    id: row.id as Hex,
    request: requestFrom(row.request),
    submittedAt: row.submitted_at,
    sequence: row.job,
    status: statusFromNumber(row.status),
    attempt: row.attempt,
    provider: row.provider,
    since: row.since,
    budget: BigInt(row.budget),
    rate: BigInt(row.rate),
    cancelRequested: row.cancel_requested === 1,
    failedBy,
  }
}

/** A provider as planning sees it. */
export function gridProviderFrom(row: Selectable<ProvidersView>): GridProvider {
  return {
    index: row.provider,
    owner: JSON.parse(row.owner),
    contact: JSON.parse(row.contact),
    profile: JSON.parse(row.profile),
    status: PROVIDER_STATUSES[row.status] ?? 'NONE',
    draining: row.draining === 1,
    stake: BigInt(row.stake),
    unbonding: BigInt(row.unbonding),
    unbondsAt: row.unbonds_at,
    offer: row.offer === null ? undefined : offerFrom(row.offer),
    openJobs: row.open_jobs,
    lastSeen: row.last_seen,
    record: { ended: row.ended, refused: row.refused, lost: row.lost, late: row.late, at: row.record_at },
  }
}

/** The row of a provider's changing facts as of the end of a block. */
export function providerStateRow(provider: GridProvider, registeredAt: number, block: number): ProviderStatesTable {
  const { ended, refused, lost, late, at } = provider.record
  return {
    provider: provider.index,
    block,
    status: PROVIDER_STATUSES.indexOf(provider.status),
    draining: provider.draining ? 1 : 0,
    stake: String(provider.stake),
    unbonding: String(provider.unbonding),
    unbonds_at: provider.unbondsAt,
    open_jobs: provider.openJobs,
    last_seen: provider.lastSeen,
    registered_at: registeredAt,
    ended,
    refused,
    lost,
    late,
    record_at: at,
  }
}
