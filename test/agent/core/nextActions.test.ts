import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { Action, Execution, Facts } from '../../../agent/core/facts.ts'
import { nextActions } from '../../../agent/core/nextActions.ts'
import { reasonBytes } from '../../../agent/core/reports.ts'
import {
  CHAIN_SITUATIONS,
  type ChainSituation,
  chainSituation,
  EXECUTION_SITUATIONS,
  type ExecutionSituation,
} from '../../../agent/core/situations.ts'
import type { Hex, Job, Report } from '../../../sdk/domain/job.ts'
import { chainJob, end, execution, factsWith, ID, NAME, report, request } from '../support/facts.ts'

const chainFor = (situation: ChainSituation): Pick<Facts, 'chain' | 'outbox'> => {
  const chain = (job: Partial<Job>) => ({ chain: chainJob(job), outbox: [] })
  switch (situation) {
    case 'UNREAD':
      return { chain: 'unread', outbox: [] }
    case 'ABSENT':
      return { chain: 'absent', outbox: [] }
    case 'NOT_MINE':
      return chain({ status: 'RUNNING', provider: 8 })
    case 'CLOSED':
      return { chain: chainJob({ status: 'RUNNING' }), outbox: [report('FINISHED')] }
    case 'CANCELLING':
      return chain({ status: 'RUNNING', cancelRequested: true })
    default:
      return chain({ status: situation })
  }
}

const executionsFor = (situation: ExecutionSituation): Facts['executions'] => {
  if (situation === 'unread') return 'unread'
  return situation === 'none' ? [] : [execution(situation)]
}

/** An action in a few words, without what every case shares. */
function words(action: Action): string {
  switch (action.kind) {
    case 'wait':
    case 'kill':
      return `${action.kind} ${action.reason}`
    case 'report':
      return `report ${action.report.status} ${action.reason}`
    case 'drop':
      return `drop ${action.report.status}`
    default:
      return action.kind
  }
}

const chainUnread = ['wait chain-unread']
const runnerUnread = ['wait runner-unread']
const kill = (reason: string): readonly string[] => [`kill ${reason}`]
const finished = ['keep-log', 'report FINISHED exited']

const EXPECTED: Record<ChainSituation, Record<ExecutionSituation, readonly string[]>> = {
  UNREAD: {
    unread: chainUnread,
    none: chainUnread,
    submitting: chainUnread,
    queued: chainUnread,
    running: chainUnread,
    lost: chainUnread,
    ended: chainUnread,
  },
  ABSENT: {
    unread: runnerUnread,
    none: ['settle'],
    submitting: kill('not-assigned'),
    queued: kill('not-assigned'),
    running: kill('not-assigned'),
    lost: kill('not-assigned'),
    ended: ['keep-log'],
  },
  NOT_MINE: {
    unread: runnerUnread,
    none: ['settle'],
    submitting: kill('not-assigned'),
    queued: kill('not-assigned'),
    running: kill('not-assigned'),
    lost: kill('not-assigned'),
    ended: ['keep-log', 'settle'],
  },
  CLOSED: {
    unread: runnerUnread,
    none: ['wait report-not-confirmed'],
    submitting: kill('report-signed'),
    queued: kill('report-signed'),
    running: kill('report-signed'),
    lost: kill('report-signed'),
    ended: ['keep-log', 'wait report-not-confirmed'],
  },
  CANCELLING: {
    unread: runnerUnread,
    none: ['report CANCELLED cancel-requested'],
    submitting: kill('cancel-requested'),
    queued: kill('cancel-requested'),
    running: kill('cancel-requested'),
    lost: kill('cancel-requested'),
    ended: finished,
  },
  META_SCHEDULED: {
    unread: runnerUnread,
    none: ['submit'],
    submitting: ['resume'],
    queued: ['report SCHEDULED queued'],
    running: ['report RUNNING started'],
    lost: kill('execution-lost'),
    ended: finished,
  },
  SCHEDULED: {
    unread: runnerUnread,
    none: ['report PENDING execution-lost'],
    submitting: ['resume'],
    queued: ['wait queued'],
    running: ['report RUNNING started'],
    lost: kill('execution-lost'),
    ended: finished,
  },
  RUNNING: {
    unread: runnerUnread,
    none: ['report PENDING execution-lost'],
    submitting: kill('execution-lost'),
    queued: kill('execution-lost'),
    running: ['wait running'],
    lost: kill('execution-lost'),
    ended: finished,
  },
}

const actionsOf = (overrides: Partial<Facts>): readonly string[] => nextActions(factsWith(overrides)).map(words)
const reportOf = (overrides: Partial<Facts>): Report => {
  const actions = nextActions(factsWith(overrides))
  const action = actions.find((one) => one.kind === 'report')
  if (action === undefined) throw new Error(`no report among ${JSON.stringify(actions.map(words))}`)
  return action.report
}
const ended = (overrides: Parameters<typeof end>[0]): readonly Execution[] => [execution('ended', end(overrides))]

describe('nextActions', () => {
  for (const chain of CHAIN_SITUATIONS) {
    describe(`when the chain says ${chain}`, () => {
      for (const runner of EXECUTION_SITUATIONS) {
        it(`does ${EXPECTED[chain][runner].join(', ')} for an execution that is ${runner}`, () => {
          const facts = factsWith({ ...chainFor(chain), executions: executionsFor(runner) })
          expect(chainSituation(facts)).to.equal(chain)
          expect(nextActions(facts).map(words)).to.deep.equal(EXPECTED[chain][runner])
        })
      }
    })
  }

  for (const status of ['PENDING', 'FINISHED', 'FAILED', 'OUT_OF_CREDITS', 'CANCELLED', 'PANICKED'] as const) {
    it(`ends an execution whose job is ${status}`, () => {
      const provider = status === 'PENDING' ? 0 : 7
      const chain = chainJob({ status, provider })
      expect(actionsOf({ chain, executions: [execution('running')] })).to.deep.equal(['kill not-assigned'])
    })
  }

  it('keeps the output of an ended execution once', () => {
    const facts = { chain: chainJob({ provider: 8 }), executions: [execution('ended')], keptLogs: new Set([NAME]) }
    expect(actionsOf(facts)).to.deep.equal(['settle'])
  })

  describe('given a new assignment', () => {
    const chain = chainJob({ status: 'META_SCHEDULED', since: 1_000 }, {}, 1_400)
    const new_ = { chain, executions: [], now: 1_010 } as const

    it('submits with the time that the job may run', () => {
      const [action] = nextActions(factsWith(new_))
      expect(action).to.deep.equal({ kind: 'submit', name: NAME, timeLimitSeconds: 600 })
    })

    it('fetches a definition that it does not have', () => {
      expect(actionsOf({ ...new_, definition: { kind: 'unknown' } })).to.deep.equal(['fetch-definition'])
    })

    it('waits for a definition that is on its way', () => {
      const definition = { kind: 'fetching' } as const
      expect(actionsOf({ ...new_, definition })).to.deep.equal(['wait definition-not-fetched'])
    })

    const unavailable = { kind: 'unavailable', reason: 'definition-unavailable' } as const

    it('asks again for a definition that was not available, while there is time', () => {
      expect(actionsOf({ ...new_, definition: unavailable })).to.deep.equal(['fetch-definition'])
    })

    it('refuses a job whose definition stays unavailable, before that costs a penalty', () => {
      const facts = { ...new_, definition: unavailable, now: 1_300 }
      expect(actionsOf(facts)).to.deep.equal(['report PENDING definition-unavailable'])
      expect(reportOf(facts)).to.deep.equal({
        id: ID,
        attempt: 1,
        status: 'PENDING',
        startedAt: 0,
        secondsUsed: 0,
        exitCode: 0,
        result: reasonBytes('definition-unavailable'),
      })
    })

    it('refuses a job even if it has no attempt left', () => {
      const last = chainJob({ status: 'META_SCHEDULED', since: 1_000 }, { maxAttempts: 1 }, 1_400)
      expect(actionsOf({ ...new_, chain: last, room: 'too-small' })).to.deep.equal(['report PENDING no-capacity'])
    })

    it('fails a job whose definition is at fault, with the reason', () => {
      const definition = { kind: 'faulty', reason: 'definition-invalid' } as const
      expect(actionsOf({ ...new_, definition })).to.deep.equal(['report FAILED definition-invalid'])
      expect(reportOf({ ...new_, definition })).to.include({
        startedAt: 0,
        secondsUsed: 0,
        result: reasonBytes('definition-invalid'),
      })
    })

    it('refuses at once what the runner can never hold', () => {
      expect(actionsOf({ ...new_, room: 'too-small' })).to.deep.equal(['report PENDING no-capacity'])
    })

    for (const [reason, policy] of Object.entries({
      'provider-draining': { isDraining: true },
      'policy-time-limit': { isDraining: false, longestSeconds: 599 },
      'policy-customer': { isDraining: false, customers: new Set<Hex>() },
    })) {
      it(`refuses at once what the operator does not take: ${reason}`, () => {
        expect(actionsOf({ ...new_, policy, definition: { kind: 'unknown' } })).to.deep.equal([
          `report PENDING ${reason}`,
        ])
        expect(reportOf({ ...new_, policy })).to.include({ result: reasonBytes(reason) })
      })

      it(`lets run on what started before the operator said ${reason}`, () => {
        const running = { chain: chainJob({ status: 'RUNNING' }), executions: [execution('running')], policy }
        expect(actionsOf(running)).to.deep.equal(['wait running'])
      })
    }

    it('takes a job that the operator’s rules allow', () => {
      const customers = new Set<Hex>([request().customer])
      const policy = { isDraining: false, longestSeconds: 600, customers }
      expect(actionsOf({ ...new_, policy })).to.deep.equal(['submit'])
    })

    it('waits for room while there is time, then refuses', () => {
      expect(actionsOf({ ...new_, room: 'full' })).to.deep.equal(['wait no-capacity'])
      expect(actionsOf({ ...new_, room: 'full', now: 1_300 })).to.deep.equal(['report PENDING no-capacity'])
    })

    it('gives up a submit that has no effect in time', () => {
      const facts = { ...new_, executions: [execution('submitting')], now: 1_300 }
      expect(actionsOf(facts)).to.deep.equal(['kill runner-does-not-start-it'])
    })

    it('does not start beside what still runs for an earlier attempt', () => {
      const earlier: Execution = { ...execution('running'), attempt: 1, name: `${ID}-1` }
      const second = chainJob({ status: 'META_SCHEDULED', attempt: 2, since: 1_000 }, {}, 1_400)
      expect(actionsOf({ ...new_, chain: second, executions: [earlier] })).to.deep.equal(['kill not-assigned'])
    })

    it('starts beside what ended in an earlier attempt', () => {
      const earlier: Execution = { ...execution('ended'), attempt: 1, name: `${ID}-1` }
      const second = chainJob({ status: 'META_SCHEDULED', attempt: 2, since: 1_000 }, {}, 1_400)
      const facts = { ...new_, chain: second, executions: [earlier], keptLogs: new Set([`${ID}-1`]) }
      expect(actionsOf(facts)).to.deep.equal(['submit'])
    })
  })

  describe('given an execution that ended', () => {
    const chain = chainJob({ status: 'RUNNING' })

    it('reports what it used, its exit code and its output', () => {
      const facts = { chain, executions: ended({ exitCode: 0, secondsUsed: 42, startedAt: 1_005 }) }
      expect(reportOf(facts)).to.deep.equal({
        id: ID,
        attempt: 1,
        status: 'FINISHED',
        startedAt: 1_005,
        secondsUsed: 42,
        exitCode: 0,
        result: `0x${'cd'.repeat(32)}`,
      })
    })

    it('reports FAILED for another exit code', () => {
      expect(reportOf({ chain, executions: ended({ exitCode: 3 }) })).to.include({ status: 'FAILED', exitCode: 3 })
    })

    it('reports OUT_OF_CREDITS at the time limit, and no more than the allowed seconds', () => {
      const facts = { chain, executions: ended({ reason: 'time-limit', secondsUsed: 603, exitCode: 143 }) }
      expect(reportOf(facts)).to.include({ status: 'OUT_OF_CREDITS', secondsUsed: 600 })
    })

    it('takes nothing for a job that was stopped at a limit which a top-up had raised', () => {
      const raised = chainJob({ status: 'RUNNING', budget: 2_000n })
      const facts = { chain: raised, executions: ended({ reason: 'time-limit', secondsUsed: 600, exitCode: 143 }) }
      expect(actionsOf(facts)).to.deep.equal(['keep-log', 'report PENDING limit-outdated'])
    })

    const cancelling = chainJob({ status: 'RUNNING', cancelRequested: true })

    it('reports CANCELLED with the seconds used after a kill that the customer asked for', () => {
      const facts = { chain: cancelling, executions: ended({ reason: 'cancelled', secondsUsed: 9, exitCode: 143 }) }
      expect(reportOf(facts)).to.include({ status: 'CANCELLED', secondsUsed: 9, exitCode: 143 })
    })

    it('reports the real outcome of one that ended before the kill', () => {
      const facts = { chain: cancelling, executions: ended({ exitCode: 3 }) }
      expect(reportOf(facts)).to.include({ status: 'FAILED', exitCode: 3 })
    })

    it('cancels for nothing where a cancel was asked for and the execution is lost', () => {
      const facts = { chain: cancelling, executions: ended({ reason: 'lost', secondsUsed: 5 }) }
      expect(reportOf(facts)).to.include({ status: 'CANCELLED', secondsUsed: 0, startedAt: 0 })
    })

    it('gives a job back that was killed although it is still assigned', () => {
      expect(actionsOf({ chain, executions: ended({ reason: 'cancelled' }) })).to.deep.equal([
        'keep-log',
        'report PENDING execution-killed',
      ])
    })

    for (const reason of ['lost', 'not-started'] as const) {
      it(`gives a job back whose execution was ${reason} while attempts are left`, () => {
        const report_ = reportOf({ chain, executions: ended({ reason }) })
        expect(report_).to.include({ status: 'PENDING', secondsUsed: 0, result: reasonBytes(`execution-${reason}`) })
      })

      it(`ends a job whose execution was ${reason} in its last attempt as PANICKED`, () => {
        const last = chainJob({ status: 'RUNNING' }, { maxAttempts: 1 })
        expect(reportOf({ chain: last, executions: ended({ reason }) })).to.include({ status: 'PANICKED' })
      })
    }
  })

  describe('given a top-up', () => {
    // 1,000 more credits at 60 a minute are 1,000 seconds more.
    const chain = (status: Job['status']) => chainJob({ status, budget: 1_600n })

    it('raises the limit of a running execution', () => {
      const actions = nextActions(factsWith({ chain: chain('RUNNING'), executions: [execution('running')] }))
      expect(actions).to.deep.equal([{ kind: 'extend', name: NAME, timeLimitSeconds: 1_600 }])
    })

    it('raises the limit of a queued execution', () => {
      const facts = { chain: chain('SCHEDULED'), executions: [execution('queued')] }
      expect(actionsOf(facts)).to.deep.equal(['extend'])
    })

    it('raises the limit beside the report of the start', () => {
      const facts = { chain: chain('META_SCHEDULED'), executions: [execution('running')] }
      expect(actionsOf(facts)).to.deep.equal(['report RUNNING started', 'extend'])
    })

    it('gives no runner more than 32 bits of seconds', () => {
      const endless = chainJob({ status: 'META_SCHEDULED', budget: 10n ** 27n, rate: 1n })
      const [action] = nextActions(factsWith({ chain: endless, executions: [] }))
      expect(action).to.deep.equal({ kind: 'submit', name: NAME, timeLimitSeconds: 0xffff_ffff })
    })
  })

  describe('given reports in the outbox', () => {
    it('does not sign a step on the way twice', () => {
      const facts = { chain: chainJob({ status: 'META_SCHEDULED' }), executions: [execution('running')] }
      expect(actionsOf({ ...facts, outbox: [report('RUNNING')] })).to.deep.equal(['wait report-not-confirmed'])
    })

    it('drops a step on the way once the chain shows it', () => {
      const facts = { chain: chainJob({ status: 'RUNNING' }), executions: [execution('running')] }
      expect(actionsOf({ ...facts, outbox: [report('RUNNING')] })).to.deep.equal(['wait running', 'drop RUNNING'])
    })

    it('drops a step on the way when a closing report includes it', () => {
      const facts = { chain: chainJob({ status: 'META_SCHEDULED' }), executions: [execution('ended')] }
      expect(actionsOf({ ...facts, outbox: [report('RUNNING')] })).to.deep.equal([...finished, 'drop RUNNING'])
    })

    it('keeps a closing report until the chain shows it', () => {
      const facts = {
        chain: chainJob({ status: 'RUNNING' }),
        executions: [execution('ended')],
        keptLogs: new Set([NAME]),
      }
      expect(actionsOf({ ...facts, outbox: [report('FINISHED')] })).to.deep.equal(['wait report-not-confirmed'])
    })

    it('drops a closing report once the job is settled, whatever the outcome', () => {
      const facts = { chain: chainJob({ status: 'PANICKED' }), executions: [], outbox: [report('FINISHED')] }
      expect(actionsOf(facts)).to.deep.equal(['settle', 'drop FINISHED'])
    })

    it('drops a report of an attempt that is over', () => {
      const chain = chainJob({ status: 'META_SCHEDULED', attempt: 2 })
      const facts = { chain, executions: [], outbox: [report('PENDING')] }
      expect(actionsOf(facts)).to.deep.equal(['submit', 'drop PENDING'])
    })

    it('starts nothing after it signed a refusal', () => {
      const facts = { chain: chainJob({ status: 'META_SCHEDULED' }), executions: [], outbox: [report('PENDING')] }
      expect(actionsOf(facts)).to.deep.equal(['wait report-not-confirmed'])
    })

    it('drops what was said of a job that a reorg took away', () => {
      const facts = { chain: 'absent', executions: [], outbox: [report('RUNNING')] } as const
      expect(actionsOf(facts)).to.deep.equal(['settle', 'drop RUNNING'])
    })
  })
})
