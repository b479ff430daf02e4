import { keccak256, toUtf8Bytes } from 'ethers'
import { canonicalJson } from '../sdk/domain/canonicalJson.ts'
import type { Hex } from '../sdk/domain/job.ts'

export { canonicalJson }

/** keccak256 of the canonical JSON of a value: what a plan's source names its policy and inputs by. */
export function hashOfJson(value: unknown): Hex {
  return keccak256(toUtf8Bytes(canonicalJson(value))) as Hex
}
