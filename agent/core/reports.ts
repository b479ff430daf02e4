import { executionName, type Hex, type Report } from '../../sdk/domain/job.ts'
import { allowedSeconds } from '../../sdk/domain/settlement.ts'
import { isFinal, isLive, type JobStatus, statusNumber } from '../../sdk/domain/status.ts'
import type { ChainJob, ExecutionEnd } from './facts.ts'

/** Seconds of its allowance that a job ended by its limit may leave unused, as the contract sees it. */
const LIMIT_TOLERANCE_SECONDS = 60n

/** Longest time limit that a runner is given: what 32 bits hold. */
const LONGEST_SECONDS = 0xffff_ffffn

/** 32 zero bytes. */
export const NO_RESULT: Hex = `0x${'0'.repeat(64)}`

/** A reason as the chain keeps it: ASCII, cut at 32 bytes and padded with zeros. */
export function reasonBytes(reason: string): Hex {
  const codes = [...reason.slice(0, 32)].map((character) => character.charCodeAt(0).toString(16).padStart(2, '0'))
  return `0x${codes.join('').padEnd(64, '0')}`
}

/** Seconds that the job may run: its time limit and what top-ups bought. */
export function limitSeconds({ job, request }: ChainJob): number {
  const seconds = allowedSeconds(request.timeLimit, request.budget, job.budget, job.rate)
  return Number(seconds < LONGEST_SECONDS ? seconds : LONGEST_SECONDS)
}

/** The name of the execution that the job's present attempt must have. */
export function currentName(id: Hex, { job }: ChainJob): string {
  return executionName(id, job.attempt)
}

/** A report that names a state and nothing else. */
function bare(id: Hex, { job }: ChainJob, status: JobStatus): Report {
  return { id, attempt: job.attempt, status, startedAt: 0, secondsUsed: 0, exitCode: 0, result: NO_RESULT }
}

/** The job is queued in the runner. */
export function scheduled(id: Hex, chain: ChainJob): Report {
  return bare(id, chain, 'SCHEDULED')
}

/** The job executes since then (unix seconds). */
export function running(id: Hex, chain: ChainJob, startedAt: number): Report {
  return { ...bare(id, chain, 'RUNNING'), startedAt }
}

/** The definition is at fault: malformed, or it asks for more than the request. */
export function faulty(id: Hex, chain: ChainJob, reason: string): Report {
  return { ...bare(id, chain, 'FAILED'), result: reasonBytes(reason) }
}

/** The customer's wish is met before anything ran. */
export function cancelledUnstarted(id: Hex, chain: ChainJob): Report {
  return bare(id, chain, 'CANCELLED')
}

/** Gives the job back to the queue; one without attempts left that was queued or ran ends instead. */
export function returned(id: Hex, chain: ChainJob, reason: string): Report {
  const mayReturn = chain.job.status === 'META_SCHEDULED' || chain.job.attempt < chain.request.maxAttempts
  return { ...bare(id, chain, mayReturn ? 'PENDING' : 'PANICKED'), result: reasonBytes(reason) }
}

/** What the end of the execution means for the job, and why. */
export function ended(id: Hex, chain: ChainJob, end: ExecutionEnd): { report: Report; reason: string } {
  const used = { ...bare(id, chain, 'FINISHED'), ...metered(chain, end) }
  if (end.reason === 'lost' || end.reason === 'not-started') return withoutOutcome(id, chain, `execution-${end.reason}`)
  if (end.reason === 'cancelled') {
    if (!chain.job.cancelRequested) return withoutOutcome(id, chain, 'execution-killed')
    return { report: { ...used, status: 'CANCELLED' }, reason: 'cancel-requested' }
  }
  if (end.reason === 'exited') {
    return { report: { ...used, status: end.exitCode === 0 ? 'FINISHED' : 'FAILED' }, reason: 'exited' }
  }
  const allowed = allowedSeconds(chain.request.timeLimit, chain.request.budget, chain.job.budget, chain.job.rate)
  if (BigInt(end.secondsUsed) + LIMIT_TOLERANCE_SECONDS < allowed) return withoutOutcome(id, chain, 'limit-outdated')
  return { report: { ...used, status: 'OUT_OF_CREDITS' }, reason: 'time-limit' }
}

/** Nobody may be charged for it: cancelled where the customer wants that, else back to the queue. */
export function withoutOutcome(id: Hex, chain: ChainJob, reason: string): { report: Report; reason: string } {
  if (chain.job.cancelRequested) return { report: cancelledUnstarted(id, chain), reason }
  return { report: returned(id, chain, reason), reason }
}

function metered(
  chain: ChainJob,
  end: ExecutionEnd,
): Pick<Report, 'startedAt' | 'secondsUsed' | 'exitCode' | 'result'> {
  const secondsUsed = Math.min(end.secondsUsed, limitSeconds(chain))
  return { startedAt: end.startedAt, secondsUsed, exitCode: end.exitCode, result: end.output }
}

/** Whether a report takes the job away from the provider, for good or back to the queue. */
export function isClosing(report: Report): boolean {
  return report.status === 'PENDING' || isFinal(report.status)
}

/** Whether the chain shows what the report says or has passed it by, so that sending it again is of no use. */
export function hasHadEffect(report: Report, provider: number, { job }: ChainJob): boolean {
  const isStillOurs = job.provider === provider && job.attempt === report.attempt && isLive(job.status)
  if (!isStillOurs || job.status === 'PENDING') return true
  if (isClosing(report)) return false
  return statusNumber(job.status) >= statusNumber(report.status)
}
