import type { JobStatus } from './status.ts'

/** A hex string with its 0x. */
export type Hex = `0x${string}`

/** What to run: read by providers and the scheduler; the contract only hashes it. */
export interface Work {
  /** Hash of the sealed workflow, 32 bytes. */
  readonly definition: Hex
  /** Rules on provider labels as text, such as `arch=amd64, compute.gflops>=1000`; may be empty. */
  readonly affinity: string
  readonly name: string
  /** Makes equal requests distinct; uint64. */
  readonly salt: bigint
}

/** The part of a request that decides about money and resources. Amounts are credits with 18 decimals. */
interface RequestTerms {
  readonly customer: Hex
  /** The zero address stands for the customer. */
  readonly payer: Hex
  /** Provider index; 0 stands for any. */
  readonly provider: number
  readonly tasks: number
  readonly cpusPerTask: number
  /** MB. */
  readonly memPerCpu: number
  /** Of the whole job. */
  readonly gpus: number
  /** Seconds. */
  readonly timeLimit: number
  readonly budget: bigint
  /** What the oracle may add to the budget by itself. */
  readonly topUpLimit: bigint
  /** Unix seconds. */
  readonly startBy: number
  readonly maxAttempts: number
}

/** What a customer signs. Its EIP-712 digest is the id of the job. */
export interface JobRequest extends RequestTerms {
  readonly work: Work
}

/** A request with its work replaced by the work's EIP-712 struct hash: what the contract needs to prove the id and settle. */
export interface JobTerms extends RequestTerms {
  readonly work: Hex
}

/** The slot that the chain keeps of a job. */
export interface Job {
  readonly status: JobStatus
  /** Assignments so far. */
  readonly attempt: number
  readonly cancelRequested: boolean
  readonly assignedByCustomer: boolean
  readonly panicAnnounced: boolean
  /** Provider index; 0 until assigned. */
  readonly provider: number
  /** Unix seconds: submit or return, then assignment, from RUNNING on the reported start. */
  readonly since: number
  readonly cutPermille: number
  /** Locked credits, 18 decimals. */
  readonly budget: bigint
  /** Credits per minute, 18 decimals. */
  readonly rate: bigint
}

/** What a provider says of one attempt of a job. */
export interface Report {
  readonly id: Hex
  readonly attempt: number
  readonly status: JobStatus
  /** Unix seconds; 0 where the job has not started. */
  readonly startedAt: number
  readonly secondsUsed: number
  /** 0 to 255; 128 + n where signal n ended the job. */
  readonly exitCode: number
  /** Of a run: hash of the result manifest. Of a return or refusal: the reason, ASCII padded with zeros. 32 bytes. */
  readonly result: Hex
}

/** What a running job has used so far. */
export interface Consumption {
  readonly id: Hex
  readonly attempt: number
  readonly secondsUsed: number
}

/** A provider's sign of life. */
export interface Heartbeat {
  readonly provider: number
  /** Unix seconds at the provider, later than in its last one. */
  readonly sentAt: number
  readonly running: readonly Consumption[]
}

const FLAG_PANIC_ANNOUNCED = 0x20
const FLAG_ASSIGNED_BY_CUSTOMER = 0x40
const FLAG_CANCEL_REQUESTED = 0x80

/** Splits the contract's byte of attempt and flags. */
export function attemptAndFlags(
  byte: number,
): Pick<Job, 'attempt' | 'cancelRequested' | 'assignedByCustomer' | 'panicAnnounced'> {
  return {
    attempt: byte & 0x1f,
    cancelRequested: (byte & FLAG_CANCEL_REQUESTED) !== 0,
    assignedByCustomer: (byte & FLAG_ASSIGNED_BY_CUSTOMER) !== 0,
    panicAnnounced: (byte & FLAG_PANIC_ANNOUNCED) !== 0,
  }
}

/** The name of one execution, in the runner and in every log: `<job id>-<attempt>`. */
export function executionName(id: Hex, attempt: number): string {
  return `${id}-${attempt}`
}
