import type { Hex } from './job.ts'

/** Where a provider stands, in the order of the contract's enum. Only an approved one is given jobs. */
export const PROVIDER_STATUSES = ['NONE', 'REGISTERED', 'APPROVED', 'BANNED'] as const
export type ProviderStatus = (typeof PROVIDER_STATUSES)[number]

/** Credits with 18 decimals per minute. */
export interface Prices {
  readonly cpuPerMinute: bigint
  /** Per MB. */
  readonly memPerMinute: bigint
  readonly gpuPerMinute: bigint
}

/** Nodes that are alike. */
export interface NodeGroup {
  readonly count: number
  readonly cpus: number
  /** MB. */
  readonly mem: number
  readonly gpus: number
  readonly gpuModel: string
}

/** What the affinity of a request is matched against. */
export interface Label {
  readonly key: string
  readonly value: string
}

/** What a provider sells. */
export interface Offer {
  readonly prices: Prices
  readonly maxOpenJobs: number
  /** Takes jobs that customers assign themselves. */
  readonly acceptsDirect: boolean
  readonly nodes: readonly NodeGroup[]
  readonly labels: readonly Label[]
}

/** Who a provider is, for people. */
export interface Profile {
  readonly name: string
  readonly url: string
  readonly region: string
  readonly software: string
}

/** How a provider is reached. */
export interface Contact {
  /** Hot key on the cluster: can report, can never move stake. */
  readonly signer: Hex
  /** X25519 public key that definitions are sealed to, 32 bytes. */
  readonly encryptionKey: Hex
  /** URL of the agent; may be empty. */
  readonly endpoint: string
}
