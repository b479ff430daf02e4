import { z } from 'zod'
import type { Hex } from '../../../sdk/domain/job.ts'
import type { IndexParts } from '../indexParts.ts'
import { dailyTallies, tallyAt } from '../queries/totals.ts'
import { GRID_SCOPE, providerScope } from '../tallyRow.ts'
import { answered, REFUSED } from './answers.ts'
import { IndexRefusal } from './indexRefusal.ts'
import type { TypedServer } from './indexRoutes.ts'
import { asOfPayload, totalsPayload } from './payloads.ts'
import { daysQuery, totalsQuery } from './queries.ts'
import { asOf, dayTotals, totals } from './schemas.ts'

const DAY_SECONDS = 86_400
const MOST_DAYS = 366

const GET_TOTALS = {
  operationId: 'getTotals',
  summary: 'Totals of the grid, of a customer or of a provider',
  querystring: totalsQuery,
  response: { 200: z.object({ totals, asOf }), ...REFUSED },
}
const GET_DAYS = {
  operationId: 'getDailyTotals',
  summary: 'The same, day by day (UTC, both ends included)',
  querystring: daysQuery,
  response: { 200: z.object({ items: z.array(dayTotals), asOf }), ...REFUSED },
}

/** Totals for statistics. */
export function totalsRoutes(server: TypedServer, { index }: IndexParts): void {
  server.get('/v1/totals', { schema: GET_TOTALS }, async ({ query }) => {
    const scope = scopeOf(query)
    return answered(index, async (read, at) => ({
      totals: totalsPayload(await tallyAt(read, scope, at.block)),
      asOf: asOfPayload(at),
    }))
  })

  server.get('/v1/totals/days', { schema: GET_DAYS }, async ({ query }) => {
    const scope = scopeOf(query)
    const start = Date.parse(query.from) / 1000
    const days = (Date.parse(query.to) / 1000 - start) / DAY_SECONDS + 1
    if (days < 1) throw new IndexRefusal('RANGE_EMPTY')
    if (days > MOST_DAYS) throw new IndexRefusal('RANGE_TOO_LONG')
    return answered(index, async (read, at) => {
      const tallies = await dailyTallies(read, scope, start, days)
      return { items: tallies.map(({ day, tally }) => ({ day, ...totalsPayload(tally) })), asOf: asOfPayload(at) }
    })
  })
}

function scopeOf({ customer, provider }: { customer?: Hex | undefined; provider?: number | undefined }): string {
  if (customer !== undefined && provider !== undefined) throw new IndexRefusal('SCOPE_AMBIGUOUS')
  return customer ?? (provider === undefined ? GRID_SCOPE : providerScope(provider))
}
