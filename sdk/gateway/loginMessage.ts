import type { Hex } from '../domain/job.ts'

/** What a login says beside its fixed words. */
export interface LoginClaim {
  /** With its checksum. */
  readonly account: Hex
  /** Host and port of the gateway, as the one who logs in knows it. */
  readonly domain: string
  /** Origin of the gateway. */
  readonly uri: string
  readonly chainId: number
  /** From the gateway; works once. */
  readonly nonce: string
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/** What a wallet shows to its owner. */
export const LOGIN_STATEMENT = 'Log in to the gateway of the DeepSquare Grid. This moves no credits.'

/** The ERC-4361 message of a login, as its account signs it by ERC-191. */
export function loginMessage(claim: LoginClaim): string {
  return [
    `${claim.domain} wants you to sign in with your Ethereum account:`,
    claim.account,
    '',
    LOGIN_STATEMENT,
    '',
    `URI: ${claim.uri}`,
    'Version: 1',
    `Chain ID: ${claim.chainId}`,
    `Nonce: ${claim.nonce}`,
    `Issued At: ${claim.issuedAt.toISOString()}`,
    `Expiration Time: ${claim.expiresAt.toISOString()}`,
  ].join('\n')
}
