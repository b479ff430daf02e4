import type { JsonRpcProvider } from 'ethers'
import type { Logger } from 'pino'
import type { GridDomain } from '../../sdk/domain/typedData.ts'
import type { Jobs, Providers } from '../../typechain-types/index.ts'
import type { Follower } from '../chain/follower.ts'
import type { Inbox } from '../store/inbox.ts'
import type { Store } from '../store/openStore.ts'

/** What the relay works with. */
export interface RelayContext {
  readonly node: JsonRpcProvider
  readonly jobs: Jobs
  readonly jobsAddress: string
  readonly providers: Providers
  readonly domain: GridDomain
  readonly follower: Follower
  readonly store: Store
  readonly inbox: Inbox
  /** The account that will send. */
  readonly sender: string
  readonly log: Logger
}
