import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import type { Contact, Offer, Profile, ProviderStatus } from '../sdk/domain/provider.ts'
import type { JobStatus } from '../sdk/domain/status.ts'

/** How a provider kept its promises. Counts halve every `RECORD_HALF_LIFE_SECONDS`; `at` is when they were last brought up to date. */
export interface ProviderRecord {
  ended: number
  refused: number
  lost: number
  late: number
  at: number
}

/** What the chain says of a provider. */
export interface GridProvider {
  readonly index: number
  owner: Hex
  contact: Contact
  profile: Profile
  status: ProviderStatus
  draining: boolean
  /** Credits, 18 decimals; `unbonding` is the part that is leaving. */
  stake: bigint
  unbonding: bigint
  /** Unix seconds from which the unbonding stake may leave. */
  unbondsAt: number
  offer: Offer | undefined
  openJobs: number
  /** Unix seconds of the last heartbeat. */
  lastSeen: number
  record: ProviderRecord
}

/** What the chain says of a job that is not settled. */
export interface GridJob {
  readonly id: Hex
  readonly request: JobRequest
  readonly submittedAt: number
  /** Counts submissions in the order of the chain. */
  readonly sequence: number
  status: JobStatus
  attempt: number
  /** 0 until assigned, and again after a return. */
  provider: number
  /** Unix seconds: submit or return, then assignment, from RUNNING on the reported start. */
  since: number
  /** Locked credits, 18 decimals. */
  budget: bigint
  /** Credits per minute, 18 decimals; 0 until assigned. */
  rate: bigint
  cancelRequested: boolean
  /** Providers that refused, lost or kept this job waiting, in the order it happened. */
  failedBy: number[]
}

/** What a customer ran before, by size: what run times are predicted from. */
export interface CustomerHistory {
  /** Run seconds of the last settled jobs by `sizeOf(request)`, newest last, two at most. */
  runs: Map<string, number[]>
  /** Cpu seconds used, halved every `USAGE_HALF_LIFE_SECONDS`, as of `at` (unix seconds). */
  usage: number
  at: number
}

/**
 * The grid as its events tell it: every provider and every live job. Plain data, so that `structuredClone` takes a checkpoint of it.
 * Settled jobs are dropped; what planning needs of them lives on in the records and histories.
 */
export interface GridState {
  /** Jobs submitted so far. */
  submissions: number
  /** By provider index. */
  readonly providers: Map<number, GridProvider>
  /** By job id; live jobs only. */
  readonly jobs: Map<Hex, GridJob>
  /** By customer address. */
  readonly histories: Map<Hex, CustomerHistory>
}

/** A grid that nothing has happened on. */
export function emptyGrid(): GridState {
  return { submissions: 0, providers: new Map(), jobs: new Map(), histories: new Map() }
}
