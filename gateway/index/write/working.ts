import type { Kysely } from 'kysely'
import { emptyGrid, type GridState } from '../../../scheduling/grid.ts'
import type { GridEvent } from '../../../sdk/domain/events.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import { statusNumber } from '../../../sdk/domain/status.ts'
import { gridJobFrom, gridProviderFrom } from '../gridRows.ts'
import type { IndexTables } from '../tables.ts'
import { GRID_SCOPE, providerScope, tallyFrom } from '../tallyRow.ts'
import type { Tally } from './tally.ts'

/** What of the index the next events change, loaded when they need it. Everything in it is in the index too, so that it can be let go. */
export interface Working {
  /** Live jobs and providers, as the scheduler's own rules reduce them. */
  readonly grid: GridState
  /** Of each live job: the place of its submission, and of the row with its present state. */
  readonly rows: Map<Hex, { readonly job: number; readonly present: number }>
  /** When each provider was registered, unix seconds. */
  readonly registered: Map<number, number>
  readonly tallies: Map<string, Tally>
}

const FIRST_FINAL = statusNumber('FINISHED')
const CHUNK = 500
/** More customers than this are not kept. */
const MOST_TALLIES = 50_000

export function emptyWorking(): Working {
  return { grid: emptyGrid(), rows: new Map(), registered: new Map(), tallies: new Map() }
}

/** Loads what the events change and is not there yet. */
export async function load(index: Kysely<IndexTables>, working: Working, events: readonly GridEvent[]): Promise<void> {
  working.grid.histories.clear()
  if (working.tallies.size > MOST_TALLIES) working.tallies.clear()
  await loadJobs(index, working, events)
  await loadProviders(index, working, events)
  await loadTallies(index, working, events)
}

async function loadJobs(index: Kysely<IndexTables>, working: Working, events: readonly GridEvent[]): Promise<void> {
  const fresh = new Set(events.flatMap((event) => (event.kind === 'job-submitted' ? [event.id] : [])))
  const ids = new Set(events.flatMap((event) => ('id' in event ? [event.id] : [])))
  const missing = [...ids].filter((id) => !fresh.has(id) && !working.grid.jobs.has(id))
  for (const some of chunks(missing)) {
    const rows = await index
      .selectFrom('jobs')
      .selectAll()
      .where('id', 'in', some)
      .where('status', '<', FIRST_FINAL)
      .execute()
    for (const row of rows) {
      const job = gridJobFrom(row)
      working.grid.jobs.set(job.id, job)
      working.rows.set(job.id, { job: row.job, present: row.place })
    }
  }
}

async function loadProviders(
  index: Kysely<IndexTables>,
  working: Working,
  events: readonly GridEvent[],
): Promise<void> {
  const touched = new Set(events.flatMap((event) => providersOf(working, event)))
  const missing = [...touched].filter((provider) => !working.grid.providers.has(provider))
  for (const some of chunks(missing)) {
    const rows = await index.selectFrom('providers').selectAll().where('provider', 'in', some).execute()
    for (const row of rows) {
      working.grid.providers.set(row.provider, gridProviderFrom(row))
      working.registered.set(row.provider, row.registered_at)
    }
  }
}

async function loadTallies(index: Kysely<IndexTables>, working: Working, events: readonly GridEvent[]): Promise<void> {
  const scopes = new Set([GRID_SCOPE])
  for (const event of events) {
    for (const provider of providersOf(working, event)) scopes.add(providerScope(provider))
    const customer = customerOf(working, event)
    if (customer !== undefined) scopes.add(customer)
  }
  const missing = [...scopes].filter((scope) => !working.tallies.has(scope))
  for (const some of chunks(missing)) {
    const rows = await index
      .selectFrom('tallies')
      .selectAll()
      .where('scope', 'in', some)
      .where('block', '=', (inner) =>
        inner
          .selectFrom('tallies as later')
          .select(({ fn }) => fn.max('later.block').as('block'))
          .whereRef('later.scope', '=', 'tallies.scope'),
      )
      .execute()
    for (const row of rows) working.tallies.set(row.scope, tallyFrom(row))
  }
}

/** The providers that an event may change: the one that it names and the one that has the job. */
export function providersOf(working: Working, event: GridEvent): readonly number[] {
  const named = 'provider' in event ? event.provider : 0
  const holder = 'id' in event ? (working.grid.jobs.get(event.id)?.provider ?? 0) : 0
  return [named, holder].filter((provider) => provider !== 0)
}

function customerOf(working: Working, event: GridEvent): Hex | undefined {
  if (event.kind === 'job-submitted') return event.request.customer
  if (event.kind === 'job-ended') return event.customer
  return 'id' in event ? working.grid.jobs.get(event.id)?.request.customer : undefined
}

function* chunks<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK)
}
