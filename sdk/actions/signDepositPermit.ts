import { parseSignature } from 'viem'
import { creditsAbi } from '../abi/credits.ts'
import type { Hex } from '../domain/job.ts'
import { type GridClient, walletOf } from '../gridClient.ts'

/** An ERC-2612 permit for `Jobs` to take `amount` credits (18 decimals) from its owner into the owner's free balance. */
export interface DepositPermit {
  readonly owner: Hex
  readonly amount: bigint
  /** Unix seconds. */
  readonly deadline: bigint
  readonly v: number
  readonly r: Hex
  readonly s: Hex
}

const VALID_SECONDS = 3_600n
const PERMIT_TYPES = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

/**
 * Signs a permit to deposit credits of the wallet's account, for whoever sends it. It holds for an hour from the latest block unless
 * `deadline` (unix seconds) says otherwise.
 *
 * @throws WalletMissing
 * @example const permit = await signDepositPermit(grid, parseEther('10'))
 */
export async function signDepositPermit(grid: GridClient, amount: bigint, deadline?: bigint): Promise<DepositPermit> {
  const wallet = walletOf(grid)
  const owner = wallet.account.address
  const { publicClient, deployment } = grid
  const credits = { abi: creditsAbi, address: deployment.credits } as const
  const [nonce, [, name, version], { timestamp }] = await Promise.all([
    publicClient.readContract({ ...credits, functionName: 'nonces', args: [owner] }),
    publicClient.readContract({ ...credits, functionName: 'eip712Domain' }),
    publicClient.getBlock({ blockTag: 'latest' }),
  ])
  const until = deadline ?? timestamp + VALID_SECONDS
  const signature = await wallet.signTypedData({
    domain: { name, version, chainId: deployment.chainId, verifyingContract: deployment.credits },
    types: PERMIT_TYPES,
    primaryType: 'Permit',
    message: { owner, spender: deployment.jobs, value: amount, nonce, deadline: until },
  })
  const { r, s, yParity } = parseSignature(signature)
  return { owner, amount, deadline: until, v: 27 + yParity, r, s }
}
