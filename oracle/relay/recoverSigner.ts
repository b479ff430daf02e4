import { computeAddress, getBytes } from 'ethers'
import { recover } from 'tiny-secp256k1'
import type { Hex } from '../../sdk/domain/job.ts'

/** Half of the order of secp256k1: the contract takes no signature whose s is above it, so that each has one form. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** Who signed a digest by ECDSA, as the contract sees it: 65 bytes r, s, v with v 27 or 28 and s in the lower half. Undefined for anything else. */
export function recoverSigner(digest: Hex, signature: Hex): string | undefined {
  if (signature.length !== 132) return undefined
  const v = Number.parseInt(signature.slice(130), 16)
  if ((v !== 27 && v !== 28) || BigInt(`0x${signature.slice(66, 130)}`) > HALF_ORDER) return undefined
  try {
    const key = recover(getBytes(digest), getBytes(signature).subarray(0, 64), v === 27 ? 0 : 1, false)
    return key === null ? undefined : computeAddress(`0x${Buffer.from(key).toString('hex')}`)
  } catch {
    // Numbers that are none of the curve are nobody's signature.
    return undefined
  }
}
