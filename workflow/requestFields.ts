import type { Workflow } from './schema.ts'

/** The fields of a signed request that a workflow decides. What is undefined it leaves to whoever submits it. */
export interface RequestFields {
  readonly name: string
  readonly affinity: string
  readonly tasks: number
  readonly cpusPerTask: number
  /** MB. */
  readonly memPerCpu: number
  /** Of the whole job. */
  readonly gpus: number
  /** Seconds. */
  readonly timeLimit: number | undefined
  /** Unix seconds. */
  readonly startBy: number | undefined
  /** One more than the retries. */
  readonly maxAttempts: number | undefined
  /** How many jobs; undefined where the workflow is one job and no array. */
  readonly arraySize: number | undefined
}

/** What a workflow says of its request; `now` in unix seconds. */
export function requestFields(workflow: Workflow, now: number): RequestFields {
  const { name = '', affinity = '', resources, timeLimit, startBy, retries, array } = workflow
  return {
    name,
    affinity,
    ...resources,
    timeLimit,
    startBy: startBy === undefined ? undefined : 'at' in startBy ? startBy.at : now + startBy.after,
    maxAttempts: retries === undefined ? undefined : retries + 1,
    arraySize: array,
  }
}

const INDEX_BITS = 20n
const INDEX_MASK = (1n << INDEX_BITS) - 1n
const SALT_MASK = (1n << 64n) - 1n

/**
 * The salt of one job of an array: all jobs share the text, so that the salt alone tells them apart. Its last 20 bits are the
 * index, the other 44 those of `seed`, which is new for each array.
 */
export function arraySalt(seed: bigint, index: number): bigint {
  return ((seed << INDEX_BITS) & SALT_MASK) | (BigInt(index) & INDEX_MASK)
}

/** Which job of an array a salt belongs to: `$DEEPSQUARE_ARRAY_INDEX`. Means nothing where the workflow is no array. */
export function arrayIndex(salt: bigint): number {
  return Number(salt & INDEX_MASK)
}
