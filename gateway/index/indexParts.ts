import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Deployment } from '../../sdk/index.ts'
import type { Block } from './chain/chain.ts'
import type { TermsReader } from './chain/gridTerms.ts'
import type { IndexTables } from './tables.ts'

/** What the routes of the index work with. */
export interface IndexParts {
  readonly index: Kysely<IndexTables>
  readonly deployment: Deployment
  readonly terms: TermsReader
  /** The chain's head as it was last seen. */
  readonly head: () => Block | undefined
  readonly log: Logger
}
