/** The names a policy is chosen by. */
export const POLICY_NAMES = ['fcfs', 'easy', 'sjbf', 'aged', 'mct'] as const
export type PolicyName = (typeof POLICY_NAMES)[number]

/** The policy that is used unless another is asked for. */
export const DEFAULT_POLICY: PolicyName = 'aged'

/** How old and large jobs come to their turn in the aged order. Times in seconds. */
export interface Aging {
  /** The key of a job is area × share / (1 + wait / `unitSeconds`) ^ `exponent`: the smallest key is first. Exponents come in quarters. */
  readonly unitSeconds: number
  readonly exponent: number
  /** Weight of the width in the area: predicted seconds × cpus ^ `widthExponent`. */
  readonly widthExponent: number
  /** The key grows with (1 + cpu seconds that the customer used lately / `shareUnit`) ^ `shareExponent`. */
  readonly shareUnit: number
  readonly shareExponent: number
}

/** Which blocked job the reservation is for. */
export interface Claim {
  /** From this wait on a job that fills no node claims the reservation before the first of the queue. */
  readonly afterSeconds: number
  /** How much sooner a job does that asks for the whole of the largest cluster: 1 is at once. */
  readonly widthRelief: number
  /** How many claimants may start in one pass before the queue has its turn. */
  readonly startsFirst: number
}

/** How jobs are ordered and placed. Plain data, so that its hash can be published with every batch. */
export interface Policy {
  readonly name: PolicyName
  readonly order: 'submission' | 'shortest' | 'aged'
  /** Whether jobs may pass a blocked one that they do not delay. */
  readonly backfills: boolean
  /** `start`: a job waits until a cluster can start it; `submission`: it goes at once to the cluster that would end it first. */
  readonly binding: 'start' | 'submission'
  readonly aging: Aging
  readonly claim: Claim
  /** Seconds between a decision and the start of the job: nodes that are free by then count as free for the job that they are kept for. */
  readonly dispatchSeconds: number
  /** How many jobs a cluster may be given so ahead of its free nodes. */
  readonly depth: number
}

/** No policy has this name. */
export class PolicyUnknown extends Error {
  readonly code = 'POLICY_UNKNOWN'
  readonly policy: string
  constructor(policy: string) {
    super(`no policy is called "${policy}"; choose one of ${POLICY_NAMES.join(', ')}`)
    this.name = 'PolicyUnknown'
    this.policy = policy
  }
}

const HOUR = 3600

const AGING: Aging = {
  unitSeconds: 36 * HOUR,
  exponent: 3,
  widthExponent: 0.5,
  shareUnit: 100_000,
  shareExponent: 0.25,
}
const CLAIM: Claim = { afterSeconds: 30 * HOUR, widthRelief: 0.9, startsFirst: 1 }
const NEVER: Claim = { afterSeconds: Number.MAX_SAFE_INTEGER, widthRelief: 0, startsFirst: 1 }
const AT_ONCE: Claim = { afterSeconds: 0, widthRelief: 0, startsFirst: Number.MAX_SAFE_INTEGER }
const EASY: Policy = {
  name: 'easy',
  order: 'submission',
  backfills: true,
  binding: 'start',
  aging: AGING,
  claim: NEVER,
  dispatchSeconds: 0,
  depth: 1,
}

const POLICIES: Readonly<Record<PolicyName, Policy>> = {
  fcfs: { ...EASY, name: 'fcfs', backfills: false },
  easy: EASY,
  sjbf: { ...EASY, name: 'sjbf', order: 'shortest', claim: AT_ONCE },
  aged: { ...EASY, name: 'aged', order: 'aged', claim: CLAIM },
  mct: { ...EASY, name: 'mct', binding: 'submission' },
}

/** The policy with this name. Throws `PolicyUnknown`. */
export function policyNamed(name: string): Policy {
  const known = POLICY_NAMES.find((candidate) => candidate === name)
  if (known === undefined) throw new PolicyUnknown(name)
  return POLICIES[known]
}
