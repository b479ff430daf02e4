import type { Signer } from 'ethers'
import { network } from 'hardhat'

/** The largest gas of a transaction by EIP-7825: given to each, so that none is estimated first. */
export const TRANSACTION_GAS = 16_777_216

/** The one in-process chain of the contract tests, whose clock starts at the same time in every run; each test starts from a snapshot of it. */
export const { ethers, networkHelpers } = await network.create({
  override: { gas: TRANSACTION_GAS, initialDate: '2027-01-01T00:00:00Z' },
})

/** Whoever can sign and send. */
export type Account = Signer & { readonly address: string }

/** Unix seconds of the last block. */
export async function now(): Promise<number> {
  return networkHelpers.time.latest()
}

/** Gives the next block exactly this time (unix seconds). */
export async function nextBlockAt(time: number): Promise<void> {
  await networkHelpers.time.setNextBlockTimestamp(time)
}

/** Gives the next block a time so many seconds after the last one. */
export async function nextBlockIn(seconds: number): Promise<void> {
  await nextBlockAt((await now()) + seconds)
}
