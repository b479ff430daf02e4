import type { Hex } from '../../sdk/domain/job.ts'
import type { Action, ChainJob, Execution, Facts } from './facts.ts'
import { refusedBy } from './policy.ts'
import * as reports from './reports.ts'

/** A job that was read, with the execution of its present attempt. */
export interface Case {
  readonly facts: Facts
  readonly id: Hex
  readonly chain: ChainJob
  readonly name: string
  readonly execution: Execution | undefined
}

/** What to do in one cell of the table. */
export type Rule = (it: Case) => readonly Action[]

/** Share of the time for an answer after which a job that cannot be started is refused, while that is still free. */
const REFUSE_AFTER = 0.75

export const wait =
  (reason: string): Rule =>
  () => [{ kind: 'wait', reason }]

export const kill =
  (reason: string): Rule =>
  ({ name }) => [{ kind: 'kill', name, reason }]

export const settle: Rule = () => [{ kind: 'settle' }]

/** A new assignment: start it, wait for what is missing while there is time, or refuse it. */
export const admit: Rule = (it) => {
  const { room, definition, policy } = it.facts
  const objection = refusedBy(policy, it.chain.request)
  if (objection !== undefined) return refuse(it, objection)
  if (room === 'too-small') return refuse(it, 'no-capacity')
  if (definition.kind === 'faulty') {
    const { reason } = definition
    return [{ kind: 'report', report: reports.faulty(it.id, it.chain, reason), reason }]
  }
  if (definition.kind === 'ready' && room === 'free') {
    return [{ kind: 'submit', name: it.name, timeLimitSeconds: reports.limitSeconds(it.chain) }]
  }
  const reason = definition.kind === 'ready' ? 'no-capacity' : missing(definition)
  if (isTimeToRefuse(it)) return refuse(it, reason)
  const mayFetch = definition.kind === 'unknown' || definition.kind === 'unavailable'
  return mayFetch ? [{ kind: 'fetch-definition' }] : [{ kind: 'wait', reason }]
}

/** Whether the submit had its effect is not known: making sure of it is safe, since a name runs once. */
export const resume: Rule = ({ name }) => [{ kind: 'resume', name }]
export const resumeInTime: Rule = (it) => (isTimeToRefuse(it) ? kill('runner-does-not-start-it')(it) : resume(it))

export const reportScheduled: Rule = (it) => [
  ...step(it, { kind: 'report', report: reports.scheduled(it.id, it.chain), reason: 'queued' }),
  ...extend(it),
]

export const reportRunning: Rule = (it) => {
  if (it.execution?.state !== 'running') return []
  const report = reports.running(it.id, it.chain, it.execution.startedAt)
  return [...step(it, { kind: 'report', report, reason: 'started' }), ...extend(it)]
}

export const keepQueued: Rule = (it) => orWait(extend(it), 'queued')
export const keepRunning: Rule = (it) => orWait(extend(it), 'running')

export const reportLost: Rule = (it) => [
  { kind: 'report', ...reports.withoutOutcome(it.id, it.chain, 'execution-lost') },
]

export const reportCancelled: Rule = (it) => [
  { kind: 'report', report: reports.cancelledUnstarted(it.id, it.chain), reason: 'cancel-requested' },
]

export const reportEnd: Rule = (it) => {
  if (it.execution?.state !== 'ended') return []
  return [...keepLog(it), { kind: 'report', ...reports.ended(it.id, it.chain, it.execution.end) }]
}

export const keepLogAndSettle: Rule = (it) => [...keepLog(it), { kind: 'settle' }]
export const keepLogAndWait: Rule = (it) => [...keepLog(it), { kind: 'wait', reason: 'report-not-confirmed' }]

function isTimeToRefuse({ facts, chain }: Case): boolean {
  const { since } = chain.job
  return facts.now >= since + (chain.acceptBy - since) * REFUSE_AFTER
}

function refuse({ id, chain }: Case, reason: string): readonly Action[] {
  return [{ kind: 'report', report: reports.returned(id, chain, reason), reason }]
}

function missing(definition: Facts['definition']): string {
  return definition.kind === 'unavailable' ? definition.reason : 'definition-not-fetched'
}

function keepLog({ facts, name }: Case): readonly Action[] {
  return facts.keptLogs.has(name) ? [] : [{ kind: 'keep-log', name }]
}

function extend({ chain, name, execution }: Case): readonly Action[] {
  const timeLimitSeconds = reports.limitSeconds(chain)
  if (execution === undefined || execution.timeLimitSeconds >= timeLimitSeconds) return []
  return [{ kind: 'extend', name, timeLimitSeconds }]
}

/** A step on the way is signed once; until the chain shows it there is nothing new to say. */
function step({ facts }: Case, action: Extract<Action, { kind: 'report' }>): readonly Action[] {
  const { attempt, status } = action.report
  const isSaid = facts.outbox.some((report) => report.attempt === attempt && report.status === status)
  return isSaid ? [{ kind: 'wait', reason: 'report-not-confirmed' }] : [action]
}

function orWait(actions: readonly Action[], reason: string): readonly Action[] {
  return actions.length > 0 ? actions : [{ kind: 'wait', reason }]
}
