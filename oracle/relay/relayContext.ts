import type { JsonRpcProvider } from 'ethers'
import type { Logger } from 'pino'
import type { Policy } from '../../scheduling/policies.ts'
import type { SnapshotTerms } from '../../scheduling/snapshot.ts'
import type { GridDomain } from '../../sdk/domain/typedData.ts'
import type { Jobs, Providers } from '../../typechain-types/index.ts'
import type { Follower } from '../chain/follower.ts'
import type { Metrics } from '../metrics.ts'
import type { Inbox } from '../store/inbox.ts'
import type { Store } from '../store/openStore.ts'
import type { RateLimits } from './rateLimits.ts'

/** How much is taken before senders are told to wait. */
export interface RelayLimits {
  readonly customers: RateLimits
  readonly providers: RateLimits
  /** Messages that wait to be sent, of everybody. */
  readonly waiting: number
}

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
  readonly metrics: Metrics
  readonly limits: RelayLimits
  readonly policy: Policy
  /** What the last plan knew besides the events; empty before the first. */
  readonly lately: { readonly terms?: SnapshotTerms }
  /** The account that will send. */
  readonly sender: string
  readonly log: Logger
}
