import type { Hex, Job, JobRequest, Report } from '../../sdk/domain/job.ts'
import type { Policy } from './policy.ts'

/** How an execution ended. `lost`: its supervisor or node went away, so nobody knows. `not-started`: it never ran. */
export type EndReason = 'exited' | 'time-limit' | 'cancelled' | 'lost' | 'not-started'

/** What is known of an execution that is over. */
export interface ExecutionEnd {
  readonly reason: EndReason
  /** Unix seconds; 0 where it never ran. */
  readonly startedAt: number
  /** Of a monotonic clock, rounded down. */
  readonly secondsUsed: number
  /** 0 to 255; 128 + n where signal n ended it. */
  readonly exitCode: number
  /** Hash of the captured output, 32 bytes. */
  readonly output: Hex
}

/** What a runner knows of one attempt of a job. */
export type Execution = {
  readonly name: string
  readonly id: Hex
  readonly attempt: number
  /** Seconds after which the runner stops it. */
  readonly timeLimitSeconds: number
} & (
  | { readonly state: 'submitting' }
  | { readonly state: 'queued' }
  | { readonly state: 'running'; readonly startedAt: number; readonly secondsUsed: number }
  /** Its supervisor died; what is left of it may still run. */
  | { readonly state: 'lost' }
  | { readonly state: 'ended'; readonly end: ExecutionEnd }
)

/** The job as the chain shows it at confirmation depth. */
export interface ChainJob {
  readonly job: Job
  readonly request: JobRequest
  /** Unix seconds after which a late answer to an assignment costs the provider. */
  readonly acceptBy: number
}

/** How far the agent is with the definition of a job. A fault is the customer's, an unavailable one nobody's. */
export type DefinitionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'fetching' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'faulty'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string }

/** Whether the runner has room for a job now, later, or never. */
export type Room = 'free' | 'full' | 'too-small'

/**
 * Everything that the next actions for one job follow from. `unread`: the read failed, so nothing may be concluded. `absent`: the
 * chain was read and knows no such job, as after a reorg.
 */
export interface Facts {
  /** Index of this provider. */
  readonly provider: number
  readonly id: Hex
  /** Unix seconds. */
  readonly now: number
  readonly chain: ChainJob | 'absent' | 'unread'
  /** Executions of this job, of any attempt. */
  readonly executions: readonly Execution[] | 'unread'
  /** Signed reports about this job whose effect the chain does not show yet. */
  readonly outbox: readonly Report[]
  readonly definition: DefinitionState
  readonly room: Room
  readonly policy: Policy
  /** Names of executions whose output is kept for the gateway. */
  readonly keptLogs: ReadonlySet<string>
}

/** What to do next for one job; every one that ends something carries its reason. */
export type Action =
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'fetch-definition' }
  | { readonly kind: 'submit'; readonly name: string; readonly timeLimitSeconds: number }
  /** The intent is written, but not known to have had its effect. */
  | { readonly kind: 'resume'; readonly name: string }
  | { readonly kind: 'extend'; readonly name: string; readonly timeLimitSeconds: number }
  | { readonly kind: 'kill'; readonly name: string; readonly reason: string }
  | { readonly kind: 'report'; readonly report: Report; readonly reason: string }
  /** A signed report has had its effect, or can have none any more. */
  | { readonly kind: 'drop'; readonly report: Report }
  | { readonly kind: 'keep-log'; readonly name: string }
  /** Nothing is left to do for the job, unless a reorg brings it back. */
  | { readonly kind: 'settle' }
