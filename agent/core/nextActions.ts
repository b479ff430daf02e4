import type { Action, ChainJob, Execution, Facts } from './facts.ts'
import * as reports from './reports.ts'
import * as rules from './rules.ts'
import { type ChainSituation, chainSituation, type ExecutionSituation, presentExecution } from './situations.ts'

type Row = Readonly<Record<Exclude<ExecutionSituation, 'unread'>, rules.Rule>>

const killed = (reason: string): Pick<Row, 'submitting' | 'queued' | 'running' | 'lost'> => ({
  submitting: rules.kill(reason),
  queued: rules.kill(reason),
  running: rules.kill(reason),
  lost: rules.kill(reason),
})

/** The rule for every pair of what the chain says and what the runner says of the job's present attempt. */
const TABLE: Readonly<Record<Exclude<ChainSituation, 'UNREAD' | 'ABSENT'>, Row>> = {
  NOT_MINE: {
    none: rules.settle,
    ...killed('not-assigned'),
    ended: rules.keepLogAndSettle,
  },
  CLOSED: {
    none: rules.wait('report-not-confirmed'),
    ...killed('report-signed'),
    ended: rules.keepLogAndWait,
  },
  CANCELLING: {
    none: rules.reportCancelled,
    ...killed('cancel-requested'),
    ended: rules.reportEnd,
  },
  META_SCHEDULED: {
    none: rules.admit,
    submitting: rules.resumeInTime,
    queued: rules.reportScheduled,
    running: rules.reportRunning,
    lost: rules.kill('execution-lost'),
    ended: rules.reportEnd,
  },
  SCHEDULED: {
    none: rules.reportLost,
    submitting: rules.resume,
    queued: rules.keepQueued,
    running: rules.reportRunning,
    lost: rules.kill('execution-lost'),
    ended: rules.reportEnd,
  },
  RUNNING: {
    none: rules.reportLost,
    // The chain knows a start that the runner does not: whatever this is, it is not the run that was reported.
    submitting: rules.kill('execution-lost'),
    queued: rules.kill('execution-lost'),
    running: rules.keepRunning,
    lost: rules.kill('execution-lost'),
    ended: rules.reportEnd,
  },
}

/**
 * What to do next for one job: the rule of its pair in the table, the end of what still runs for other attempts, and the
 * removal of reports that have had their effect. A read that failed decides nothing.
 */
export function nextActions(facts: Facts): readonly Action[] {
  const { chain, executions, id } = facts
  const situation = chainSituation(facts)
  if (chain === 'unread' || situation === 'UNREAD') return [{ kind: 'wait', reason: 'chain-unread' }]
  if (executions === 'unread') return [{ kind: 'wait', reason: 'runner-unread' }]
  if (chain === 'absent' || situation === 'ABSENT') return absent(facts, executions)
  const present = presentExecution(facts)
  const rule = TABLE[situation][present?.state ?? 'none']
  const others = executions.filter(({ attempt }) => attempt !== chain.job.attempt)
  const leftovers = clearAway(facts, others)
  const actions = rule({ facts, id, chain, name: reports.currentName(id, chain), execution: present })
  const mayRun = actions.filter(
    ({ kind }) => leftovers.length === 0 || (kind !== 'settle' && kind !== 'submit' && kind !== 'resume'),
  )
  return [...leftovers, ...mayRun, ...drop(facts, chain, actions)]
}

/** The chain knows no such job: nothing may run for it, and nothing that was said of it counts. */
function absent(facts: Facts, executions: readonly Execution[]): readonly Action[] {
  const leftovers = clearAway(facts, executions)
  const drops = facts.outbox.map((report): Action => ({ kind: 'drop', report }))
  return leftovers.length > 0 ? [...leftovers, ...drops] : [{ kind: 'settle' }, ...drops]
}

/** Ends executions that nobody wants any more, and keeps what they printed. */
function clearAway({ keptLogs }: Facts, executions: readonly Execution[]): readonly Action[] {
  return executions.flatMap(({ name, state }): readonly Action[] => {
    if (state !== 'ended') return [{ kind: 'kill', name, reason: 'not-assigned' }]
    return keptLogs.has(name) ? [] : [{ kind: 'keep-log', name }]
  })
}

/** Reports whose effect shows, and steps on the way that a new closing report includes. */
function drop({ outbox, provider }: Facts, chain: ChainJob, actions: readonly Action[]): readonly Action[] {
  const closes = actions.some((action) => action.kind === 'report' && reports.isClosing(action.report))
  return outbox
    .filter((report) => reports.hasHadEffect(report, provider, chain) || (closes && !reports.isClosing(report)))
    .map((report) => ({ kind: 'drop', report }))
}
