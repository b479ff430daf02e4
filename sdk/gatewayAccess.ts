import type { Deployment } from './deployments/deployment.ts'
import type { Hex } from './domain/job.ts'
import { GATEWAY_ACCESS_TYPES } from './domain/typedData.ts'
import { type GridClient, walletOf } from './gridClient.ts'
import { domainOf } from './jobId.ts'

/** What an account may ask of the gateway. */
export const GATEWAY_ACTIONS = ['put-definition', 'get-definition', 'put-log', 'get-log'] as const
/** One of the GATEWAY_ACTIONS. */
export type GatewayAction = (typeof GATEWAY_ACTIONS)[number]

/** The headers that prove who asks. */
export const GATEWAY_HEADERS = {
  account: 'x-grid-account',
  expires: 'x-grid-expires',
  signature: 'x-grid-signature',
} as const

/** The longest time, in seconds, for which access can be signed. */
export const MAX_ACCESS_SECONDS = 300

/** What stands for the content where nothing is sent and nothing is known: 32 zero bytes. */
export const NO_CONTENT: Hex = `0x${'0'.repeat(64)}`

/** One thing that an account asks of the gateway. */
export interface GatewayAccess {
  readonly action: GatewayAction
  /** The job's id; of a definition that is put, its hash. */
  readonly subject: Hex
  /** The attempt that a log is of; 0 for definitions. */
  readonly attempt: number
  /** Hash of what is put or of the definition that is read; NO_CONTENT for a log that is read. */
  readonly content: Hex
  /** Unix seconds. */
  readonly expiresAt: number
}

/** The EIP-712 message that proves an access. */
export function accessTypedData(deployment: Deployment, access: GatewayAccess) {
  const domain = domainOf(deployment)
  return { domain, types: GATEWAY_ACCESS_TYPES, primaryType: 'GatewayAccess', message: access } as const
}

const SIGNED_SECONDS = 120

/** Signs an access with the client's wallet, for two minutes from now, and returns the headers. Throws WalletMissing. */
export async function accessHeaders(
  grid: GridClient,
  access: Omit<GatewayAccess, 'expiresAt'>,
): Promise<Readonly<Record<string, string>>> {
  const wallet = walletOf(grid)
  const expiresAt = Math.floor(Date.now() / 1000) + SIGNED_SECONDS
  const signature = await wallet.signTypedData(accessTypedData(grid.deployment, { ...access, expiresAt }))
  return {
    [GATEWAY_HEADERS.account]: wallet.account.address,
    [GATEWAY_HEADERS.expires]: String(expiresAt),
    [GATEWAY_HEADERS.signature]: signature,
  }
}
