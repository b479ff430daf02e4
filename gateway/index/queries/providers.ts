import type { Selectable } from 'kysely'
import { PROVIDER_STATUSES, type ProviderStatus } from '../../../sdk/domain/provider.ts'
import type { ProvidersView } from '../tables.ts'
import type { Reading } from './reading.ts'

export type ProviderRow = Selectable<ProvidersView>

/** A page of providers by index, those after `after`; one more than `limit`, to know whether there are others. */
export async function listProviders(
  read: Reading,
  statuses: readonly ProviderStatus[],
  after: number,
  limit: number,
): Promise<readonly ProviderRow[]> {
  let query = read
    .selectFrom('providers')
    .selectAll()
    .where('provider', '>', after)
    .orderBy('provider')
    .limit(limit + 1)
  if (statuses.length > 0) {
    const numbers = statuses.map((status) => PROVIDER_STATUSES.indexOf(status))
    query = query.where('status', 'in', numbers)
  }
  return query.execute()
}

/** The provider with an index; undefined where there is none. */
export async function findProvider(read: Reading, provider: number): Promise<ProviderRow | undefined> {
  return read.selectFrom('providers').selectAll().where('provider', '=', provider).executeTakeFirst()
}
