import type { Logger } from 'pino'
import type { GridClient } from '../sdk/index.ts'
import type { Files } from './store/files.ts'

/** What the gateway works with. */
export interface GatewayParts {
  readonly grid: GridClient
  readonly definitions: Files
  readonly logs: Files
  /** Unix seconds. */
  readonly now: () => number
  readonly log: Logger
}
