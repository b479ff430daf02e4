import { reduce } from '../../../scheduling/reduce.ts'
import type { GridEvent } from '../../../sdk/domain/events.ts'
import { providerStateRow } from '../gridRows.ts'
import { placeNumber } from '../place.ts'
import { tallyRow } from '../tallyRow.ts'
import { changeRow, isJobChange } from './changeRow.ts'
import { factRows } from './factRows.ts'
import { byBlock, emptyRows, type Rows } from './rows.ts'
import { type Holding, tallied } from './tallied.ts'
import { EMPTY_TALLY } from './tally.ts'
import { providersOf, type Working } from './working.ts'

/** What was touched in one block. */
interface Touched {
  readonly providers: Set<number>
  readonly scopes: Set<string>
}

/** Applies events, in order and whole blocks of them, to the working state, and tells the rows that they add. */
export function rowsOf(working: Working, events: readonly GridEvent[]): Rows {
  const rows = emptyRows()
  for (const block of byBlock(events)) addBlock(rows, working, block)
  return rows
}

function addBlock(rows: Rows, working: Working, events: readonly GridEvent[]): void {
  const place = events[0]?.place
  if (place === undefined) return
  const touched: Touched = { providers: new Set(), scopes: new Set() }
  rows.blocks.set(place.block, { number: place.block, hash: place.blockHash, time: place.time, events: events.length })
  for (const event of events) addEvent(rows, working, event, touched)
  for (const index of touched.providers) {
    const provider = working.grid.providers.get(index)
    if (provider === undefined) continue
    rows.providerStates.push(providerStateRow(provider, working.registered.get(index) ?? place.time, place.block))
  }
  for (const scope of touched.scopes) {
    rows.tallies.push(tallyRow(scope, place.block, working.tallies.get(scope) ?? EMPTY_TALLY))
  }
}

function addEvent(rows: Rows, working: Working, event: GridEvent, touched: Touched): void {
  if (event.kind === 'job-skipped') return
  noteTransaction(rows, event)
  const before = holdingOf(working, event)
  for (const provider of providersOf(working, event)) touched.providers.add(provider)
  reduce(working.grid, event)
  if (event.kind === 'provider-registered') working.registered.set(event.provider, event.place.time)
  rows.facts.push(...factRows(rows, event))
  if (!isJobChange(event)) return
  changeRow(rows, working, event, before)
  for (const [scope, change] of tallied(event, before, holdingOf(working, event))) {
    working.tallies.set(scope, change(working.tallies.get(scope) ?? EMPTY_TALLY))
    touched.scopes.add(scope)
  }
}

/** What stands of the event's job before or after it; a copy, since reducing changes the job in place. */
function holdingOf(working: Working, event: GridEvent): Holding | undefined {
  const job = 'id' in event ? working.grid.jobs.get(event.id) : undefined
  return job === undefined ? undefined : { ...job }
}

function noteTransaction(rows: Rows, { place }: GridEvent): void {
  const { transaction, block, logIndex } = place
  if (rows.transactions.has(transaction)) return
  rows.transactions.set(transaction, { place: placeNumber(block, logIndex), block, hash: transaction })
}
