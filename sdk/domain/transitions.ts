import type { JobStatus } from './status.ts'

/** One row of the state machine: who may move a job along it, under which condition, and what happens to the money. */
export interface Transition {
  readonly from: JobStatus
  readonly to: JobStatus
  readonly by: string
  readonly condition: string
  readonly money: string
}

const row = (from: JobStatus, to: JobStatus, by: string, condition: string, money: string): Transition => ({
  from,
  to,
  by,
  condition,
  money,
})

const cancelled = (from: JobStatus): Transition =>
  row(
    from,
    'CANCELLED',
    'provider after the customer’s cancel request; anyone after `cancelTimeout`',
    'the customer asked for it',
    'by the provider: seconds up to the request + `cancelGrace`; by a third party: free',
  )

const panicked = (from: JobStatus): Transition =>
  row(
    from,
    'PANICKED',
    'provider; guardian `panicDelay` after its announcement; anyone when the provider is silent with no attempt left',
    from === 'RUNNING'
      ? 'undefined behaviour, or node lost with no attempt left; also anyone after the allowed seconds + `reportGrace`'
      : 'undefined behaviour, or node lost with no attempt left',
    'free; silent or late: penalty',
  )

const returned = (from: JobStatus, late: string): Transition =>
  row(
    from,
    'PENDING',
    'provider; anyone when the provider has been silent for `silenceTimeout`',
    `attempts are left${late}`,
    'free; silent or late: penalty',
  )

/** The whole state machine. A pair of states that is not here is illegal. */
export const TRANSITIONS: readonly Transition[] = [
  row(
    'NONE',
    'PENDING',
    'customer, or anyone with the customer’s signature',
    'free balance ≥ budget; `startBy` ≤ now + `maxWait`',
    'budget is locked',
  ),
  row('NONE', 'CANCELLED', 'customer, or anyone with the customer’s signature', 'nobody sent the request yet', 'none'),
  row(
    'PENDING',
    'META_SCHEDULED',
    'oracle; the customer itself after `oracleGrace`, if the offer accepts direct jobs',
    'provider active with room and free stake; rate × time limit ≤ budget; attempts are left',
    'the rate and the protocol’s cut are fixed; the provider’s largest penalty is reserved',
  ),
  row(
    'PENDING',
    'CANCELLED',
    'customer; anyone after `startBy` (after a return: and `requeueWindow`) or when attempts are used up',
    'none',
    'full refund',
  ),
  row('META_SCHEDULED', 'SCHEDULED', 'provider', 'none', 'none'),
  row(
    'META_SCHEDULED',
    'PENDING',
    'provider refuses; anyone after `acceptTimeout`',
    'none',
    'free; late: penalty, but not where the customer assigned the job itself',
  ),
  cancelled('META_SCHEDULED'),
  row('META_SCHEDULED', 'PANICKED', 'guardian `panicDelay` after its announcement', 'announced', 'free'),
  row('SCHEDULED', 'RUNNING', 'provider', 'the start is between the assignment and now', 'none'),
  row(
    'SCHEDULED',
    'FAILED',
    'provider',
    'the definition is at fault: malformed, or asks more than the request',
    'free',
  ),
  returned('SCHEDULED', '; or anyone after `queueTimeout`'),
  cancelled('SCHEDULED'),
  panicked('SCHEDULED'),
  row('RUNNING', 'FINISHED', 'provider', 'exit code 0', 'rate × seconds used'),
  row('RUNNING', 'FAILED', 'provider', 'exit code ≠ 0', 'rate × seconds used'),
  row(
    'RUNNING',
    'OUT_OF_CREDITS',
    'provider',
    'seconds used within a minute of the allowed seconds',
    'rate × seconds used',
  ),
  returned('RUNNING', ''),
  cancelled('RUNNING'),
  panicked('RUNNING'),
]

/** Whether the table leads from one state to the other in one step. */
export function isLegalTransition(from: JobStatus, to: JobStatus): boolean {
  return TRANSITIONS.some((transition) => transition.from === from && transition.to === to)
}

const LADDER: readonly JobStatus[] = ['META_SCHEDULED', 'SCHEDULED', 'RUNNING']

/**
 * The steps that a provider's report walks from the job's state to the reported one, the last included; undefined where it may not.
 *
 * @param started whether the report says when the job started: then it walks through RUNNING.
 */
export function hopsBetween(from: JobStatus, to: JobStatus, started: boolean): readonly JobStatus[] | undefined {
  if (!LADDER.includes(from)) return undefined
  const before = lastHopFrom(from, to, started)
  if (!isLegalTransition(before, to)) return undefined
  return [...LADDER.slice(LADDER.indexOf(from) + 1, LADDER.indexOf(before) + 1), to]
}

/** The state from which the last hop of a report starts. */
function lastHopFrom(from: JobStatus, to: JobStatus, started: boolean): JobStatus {
  if (to === 'SCHEDULED') return from
  if (to === 'RUNNING') return from === 'RUNNING' ? from : 'SCHEDULED'
  if (started) return 'RUNNING'
  return from === 'META_SCHEDULED' && to !== 'PENDING' && to !== 'CANCELLED' ? 'SCHEDULED' : from
}
