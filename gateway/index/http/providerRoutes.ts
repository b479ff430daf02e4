import { z } from 'zod'
import type { IndexParts } from '../indexParts.ts'
import { cursorOf } from '../place.ts'
import { findProvider, listProviders } from '../queries/providers.ts'
import { answered, pageWish, REFUSED } from './answers.ts'
import { termsOf } from './gridTermsOf.ts'
import { IndexRefusal } from './indexRefusal.ts'
import type { TypedServer } from './indexRoutes.ts'
import { asOfPayload, providerPayload } from './payloads.ts'
import { providerParams, providersQuery } from './queries.ts'
import { asOf, pageOf, provider } from './schemas.ts'

const LIST_PROVIDERS = {
  operationId: 'listProviders',
  summary: 'Providers with offer, stake and reliability, by index',
  querystring: providersQuery,
  response: { 200: pageOf(provider), ...REFUSED },
}
const GET_PROVIDER = {
  operationId: 'getProvider',
  summary: 'One provider',
  params: providerParams,
  response: { 200: z.object({ provider, asOf }), ...REFUSED },
}

/** Providers. */
export function providerRoutes(server: TypedServer, parts: IndexParts): void {
  const { index } = parts
  server.get('/v1/providers', { schema: LIST_PROVIDERS }, async ({ query }) => {
    const { limit, status = [] } = query
    // The cursors of all lists look alike: this one’s place is the index.
    const { after } = pageWish({ ...query, order: 'oldest' })
    const terms = await termsOf(parts)
    return answered(index, async (read, at) => {
      const rows = await listProviders(read, status, after ?? 0, limit)
      const wanted = rows.slice(0, limit)
      const last = wanted.at(-1)
      const next = rows.length > limit && last !== undefined ? cursorOf(last.provider) : null
      return { items: wanted.map((row) => providerPayload(row, terms)), next, asOf: asOfPayload(at) }
    })
  })

  server.get('/v1/providers/:index', { schema: GET_PROVIDER }, async ({ params }) => {
    const terms = await termsOf(parts)
    return answered(index, async (read, at) => {
      const row = await findProvider(read, params.index)
      if (row === undefined) throw new IndexRefusal('PROVIDER_UNKNOWN')
      return { provider: providerPayload(row, terms), asOf: asOfPayload(at) }
    })
  })
}
