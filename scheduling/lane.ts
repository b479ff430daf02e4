import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import type { JobClass } from './jobClass.ts'

/** A job in the queue of the planner. */
export interface WaitingJob {
  readonly id: Hex
  readonly request: JobRequest
  readonly submittedAt: number
  /** Counts submissions in the order of the chain. */
  readonly sequence: number
  /** Unix seconds until which it may be assigned. */
  readonly startsUntil: number
  lane: Lane | undefined
}

/** The waiting jobs of one class and one customer, oldest first: their order never changes among themselves. */
export class Lane {
  readonly jobClass: JobClass
  readonly customer: Customer
  /** Predicted run seconds of its jobs, and which version of the customer's history they follow from. */
  estimate = 0
  estimatedAt = -1
  /** What the age of its jobs is held against, as of the last tick. */
  weight = 0
  private jobs: WaitingJob[] = []
  private next = 0

  constructor(jobClass: JobClass, customer: Customer) {
    this.jobClass = jobClass
    this.customer = customer
  }

  get length(): number {
    return this.jobs.length - this.next
  }

  head(): WaitingJob | undefined {
    return this.jobs[this.next]
  }

  /** Takes the head out. */
  advance(): void {
    this.next += 1
    if (this.next < 64 || this.next * 2 < this.jobs.length) return
    this.jobs = this.jobs.slice(this.next)
    this.next = 0
  }

  add(job: WaitingJob): void {
    const last = this.jobs[this.jobs.length - 1]
    if (this.length === 0 || (last !== undefined && isBefore(last, job))) this.jobs.push(job)
    else this.jobs.splice(this.placeOf(job), 0, job)
  }

  remove(job: WaitingJob): void {
    const at = this.jobs.indexOf(job, this.next)
    if (at >= 0) this.jobs.splice(at, 1)
  }

  // The first place whose job comes after this one.
  private placeOf(job: WaitingJob): number {
    let low = this.next
    let high = this.jobs.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (isBefore(this.jobs[middle] as WaitingJob, job)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Its jobs, oldest first. */
  all(): readonly WaitingJob[] {
    return this.jobs.slice(this.next)
  }
}

/** What the planner knows of a customer. */
export interface Customer {
  /** Grows when something of the customer settles. */
  version: number
  /** Predicted run seconds of a request like this. */
  readonly predict: (request: JobRequest) => number
  /** Cpu seconds used lately, as of a time (unix seconds). */
  readonly usage: (now: number) => number
}

/** The order of submission. */
export function isBefore(left: WaitingJob, right: WaitingJob): boolean {
  return left.sequence < right.sequence
}
