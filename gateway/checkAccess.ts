import type { IncomingHttpHeaders } from 'node:http'
import {
  BaseError,
  ExecutionRevertedError,
  encodeFunctionData,
  hashTypedData,
  isAddressEqual,
  parseAbi,
  recoverAddress,
} from 'viem'
import { z } from 'zod'
import type { Hex } from '../sdk/domain/job.ts'
import {
  accessTypedData,
  GATEWAY_HEADERS,
  type GatewayAccess,
  type GridClient,
  MAX_ACCESS_SECONDS,
} from '../sdk/index.ts'
import { Refusal } from './refusal.ts'

const ACCOUNT = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value))
const SIGNATURE = z.custom<Hex>((value) => typeof value === 'string' && /^0x([0-9a-fA-F]{2}){1,4096}$/.test(value))
const EXPIRES = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)

/** What ERC-1271 answers for a signature that is good. */
const VALID = '0x1626ba7e'
const ERC1271 = parseAbi(['function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)'])
// As much as the contract gives a wallet, and what a call costs before it begins.
const WALLET_GAS = 200_000n

/**
 * The account that signed this access: by its key, or as a smart wallet by ERC-1271. `now` is in unix seconds.
 *
 * @throws Refusal where the headers are missing, out of time or signed by another
 */
export async function checkAccess(
  grid: GridClient,
  headers: IncomingHttpHeaders,
  access: Omit<GatewayAccess, 'expiresAt'>,
  now: number,
): Promise<Hex> {
  const account = ACCOUNT.safeParse(headers[GATEWAY_HEADERS.account])
  const expiresAt = EXPIRES.safeParse(headers[GATEWAY_HEADERS.expires])
  const signature = SIGNATURE.safeParse(headers[GATEWAY_HEADERS.signature])
  if (!account.success || !expiresAt.success || !signature.success) throw new Refusal('ACCESS_UNSIGNED')
  if (expiresAt.data <= now) throw new Refusal('ACCESS_EXPIRED')
  if (expiresAt.data > now + MAX_ACCESS_SECONDS) throw new Refusal('ACCESS_TOO_LONG')
  const signed = { ...access, expiresAt: expiresAt.data }
  if (!(await isSignedBy(grid, account.data, signature.data, signed))) throw new Refusal('SIGNATURE_INVALID')
  return account.data
}

async function isSignedBy(grid: GridClient, account: Hex, signature: Hex, access: GatewayAccess): Promise<boolean> {
  const hash = hashTypedData(accessTypedData(grid.deployment, access))
  // Most accounts are keys, for which no question to the chain is needed.
  const signer = await recoverAddress({ hash, signature }).catch(() => undefined)
  if (signer !== undefined && isAddressEqual(signer, account)) return true
  try {
    if ((await grid.publicClient.getCode({ address: account })) === undefined) return false
    return await isValidSignature(grid, account, hash, signature)
  } catch (error) {
    throw new Refusal('CHAIN_UNANSWERED', error)
  }
}

/** Asks a smart wallet. viem's own verification is not used: it takes a node that does not answer for a signature that is wrong. */
async function isValidSignature(grid: GridClient, account: Hex, hash: Hex, signature: Hex): Promise<boolean> {
  const data = encodeFunctionData({ abi: ERC1271, args: [hash, signature] })
  try {
    const answer = await grid.publicClient.call({ to: account, data, gas: WALLET_GAS })
    return answer.data?.startsWith(VALID) === true
  } catch (error) {
    const isRevert =
      error instanceof BaseError && error.walk((cause) => cause instanceof ExecutionRevertedError) !== null
    if (isRevert) return false
    throw error
  }
}
