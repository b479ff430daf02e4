import type { Logger } from 'pino'
import type { GridClient } from '../sdk/index.ts'
import type { Blobs } from './blobs/blobs.ts'
import type { Definitions } from './definitions/definitions.ts'
import type { Uploads } from './definitions/uploads.ts'
import type { Sessions } from './login/sessions.ts'
import type { LogParties } from './logs/logParties.ts'
import type { LogStore } from './logs/logStore.ts'
import type { Records } from './records/openRecords.ts'

/** What the gateway works with. */
export interface GatewayParts {
  readonly grid: GridClient
  readonly records: Records
  readonly blobs: Blobs
  readonly sessions: Sessions
  readonly definitions: Definitions
  readonly uploads: Uploads
  readonly logs: LogStore
  readonly logParties: LogParties
  /** Makes the nonces of logins: 32 secret bytes. */
  readonly nonceKey: Uint8Array
  /** Hosts, with their ports, that a login may name as its domain. */
  readonly loginDomains: () => ReadonlySet<string>
  /** Unix seconds. */
  readonly now: () => number
  readonly log: Logger
}
