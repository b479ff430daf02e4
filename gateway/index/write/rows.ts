import type { GridEvent } from '../../../sdk/domain/events.ts'
import type {
  BlocksTable,
  JobChangesTable,
  ProviderFactsTable,
  ProviderStatesTable,
  SubmissionsTable,
  TalliesTable,
  TransactionsTable,
} from '../tables.ts'

/** What a batch of events adds to the index. */
export interface Rows {
  readonly blocks: Map<number, BlocksTable>
  /** By hash. */
  readonly transactions: Map<string, TransactionsTable>
  readonly submissions: SubmissionsTable[]
  /** By place. */
  readonly changeAt: Map<number, JobChangesTable>
  readonly facts: ProviderFactsTable[]
  readonly providerStates: ProviderStatesTable[]
  readonly tallies: TalliesTable[]
  /** Places of earlier rows of jobs that a row of the batch supersedes, by the block of that row. */
  readonly superseded: Map<number, number[]>
}

export function emptyRows(): Rows {
  return {
    blocks: new Map(),
    transactions: new Map(),
    submissions: [],
    changeAt: new Map(),
    facts: [],
    providerStates: [],
    tallies: [],
    superseded: new Map(),
  }
}

/** Events by block, in order. */
export function byBlock(events: readonly GridEvent[]): readonly (readonly GridEvent[])[] {
  const blocks = new Map<number, GridEvent[]>()
  for (const event of events) {
    const block = blocks.get(event.place.block)
    if (block === undefined) blocks.set(event.place.block, [event])
    else block.push(event)
  }
  return [...blocks.values()]
}
