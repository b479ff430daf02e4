import type { Hex } from '../../../sdk/domain/job.ts'
import { ethers } from './chain.ts'

/** The root of a binary Merkle tree of sorted pairs over ids, and each id's path to it. An odd node rises unpaired. */
export function merkleTree(ids: readonly Hex[]): { readonly root: Hex; readonly proofs: readonly Hex[][] } {
  const proofs: Hex[][] = ids.map(() => [])
  let level = ids.map((hash, index) => ({ hash, leaves: [index] }))
  while (level.length > 1) {
    const next: typeof level = []
    for (let index = 0; index < level.length; index += 2) {
      const [left, right] = [level[index], level[index + 1]]
      if (left === undefined) break
      if (right === undefined) next.push(left)
      else {
        for (const leaf of left.leaves) proofs[leaf]?.push(right.hash)
        for (const leaf of right.leaves) proofs[leaf]?.push(left.hash)
        next.push({ hash: pairHash(left.hash, right.hash), leaves: [...left.leaves, ...right.leaves] })
      }
    }
    level = next
  }
  const root = level[0]?.hash
  if (root === undefined) throw new RangeError('a tree needs a leaf')
  return { root, proofs }
}

function pairHash(left: Hex, right: Hex): Hex {
  const [first, second] = BigInt(left) < BigInt(right) ? [left, right] : [right, left]
  return ethers.keccak256(ethers.concat([first, second])) as Hex
}
