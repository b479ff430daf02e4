import { type Account, ethers } from './chain.ts'
import type { Grid } from './grid.ts'

const PERMIT = [
  { name: 'owner', type: 'address' },
  { name: 'spender', type: 'address' },
  { name: 'value', type: 'uint256' },
  { name: 'nonce', type: 'uint256' },
  { name: 'deadline', type: 'uint256' },
]

/** An ERC-2612 permit of `owner` for `Jobs` to take `amount` credits. */
export async function permitOf(grid: Grid, owner: Account, amount: bigint, deadline = ethers.MaxUint256) {
  const domain = {
    name: 'DeepSquare Credits',
    version: '1',
    chainId: grid.domain.chainId,
    verifyingContract: grid.deployment.credits,
  }
  const nonce = await grid.credits.nonces(owner)
  const message = { owner: owner.address, spender: grid.deployment.jobs, value: amount, nonce, deadline }
  const { v, r, s } = ethers.Signature.from(await owner.signTypedData(domain, { Permit: PERMIT }, message))
  return { owner: owner.address, amount, deadline, v: Number(v), r, s }
}
