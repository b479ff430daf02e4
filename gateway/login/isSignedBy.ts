import {
  BaseError,
  ExecutionRevertedError,
  encodeFunctionData,
  hashMessage,
  isAddressEqual,
  parseAbi,
  recoverAddress,
} from 'viem'
import type { Hex } from '../../sdk/domain/job.ts'
import type { GridClient } from '../../sdk/index.ts'
import { Refusal } from '../refusal.ts'

/** What ERC-1271 answers for a signature that is good. */
const VALID = '0x1626ba7e'
const ERC1271 = parseAbi(['function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)'])
// As much as the contract gives a wallet, and what a call costs before it begins.
const WALLET_GAS = 200_000n

/** Whether an account signed a text by ERC-191: with its key, or as a smart wallet by ERC-1271. Throws Refusal CHAIN_UNANSWERED. */
export async function isSignedBy(grid: GridClient, account: Hex, signature: Hex, text: string): Promise<boolean> {
  const hash = hashMessage(text)
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
