import type { Hex } from '../sdk/domain/job.ts'
import type { GridClient, Wallet } from '../sdk/gridClient.ts'
import type { Output } from './output/output.ts'
import type { Settings } from './settings.ts'
import type { Surroundings } from './terminal.ts'

/** A grid that can be signed for. */
export type SigningClient = GridClient & { readonly wallet: Wallet }

/** What a command works with. */
export interface Context {
  readonly settings: Settings
  readonly around: Surroundings
  readonly out: Output
  readonly signal: AbortSignal
  /** The grid, to look at. */
  grid(): Promise<GridClient>
  /** The grid with the wallet: the password may be asked for. */
  signing(): Promise<SigningClient>
  /** The account of the wallet, or the one that the `account` setting names. */
  account(): Promise<Hex>
}
