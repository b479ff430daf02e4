import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { Action, Facts } from '../../../agent/core/facts.ts'
import { nextActions } from '../../../agent/core/nextActions.ts'
import { isClosing } from '../../../agent/core/reports.ts'
import { chainJob, end, execution, factsWith, report } from '../support/facts.ts'

// Every combination of what the chain says, what the runner says, what is signed and what time it is, with rules that hold for each.

const CHAINS: Readonly<Record<string, Facts['chain']>> = {
  unread: 'unread',
  absent: 'absent',
  'with another provider': chainJob({ status: 'RUNNING', provider: 8 }),
  'in a later attempt': chainJob({ status: 'META_SCHEDULED', attempt: 2 }),
  ...Object.fromEntries(
    (['PENDING', 'META_SCHEDULED', 'SCHEDULED', 'RUNNING', 'FINISHED', 'CANCELLED', 'PANICKED'] as const).map(
      (status) => [status, chainJob({ status, provider: status === 'PENDING' ? 0 : 7 })],
    ),
  ),
  ...Object.fromEntries(
    (['META_SCHEDULED', 'SCHEDULED', 'RUNNING'] as const).map((status) => [
      `${status}, to be cancelled`,
      chainJob({ status, cancelRequested: true }),
    ]),
  ),
  'RUNNING in its last attempt': chainJob({ status: 'RUNNING' }, { maxAttempts: 1 }),
}

const EXECUTIONS: Readonly<Record<string, Facts['executions']>> = {
  unread: 'unread',
  none: [],
  ...Object.fromEntries(
    (['submitting', 'queued', 'running', 'lost'] as const).map((state) => [state, [execution(state)]]),
  ),
  ...Object.fromEntries(
    (['exited', 'time-limit', 'cancelled', 'lost', 'not-started'] as const).map((reason) => [
      `ended: ${reason}`,
      [execution('ended', end({ reason }))],
    ]),
  ),
}

const OUTBOXES: Readonly<Record<string, Facts['outbox']>> = {
  nothing: [],
  SCHEDULED: [report('SCHEDULED')],
  RUNNING: [report('RUNNING')],
  'RUNNING and FINISHED': [report('RUNNING'), report('FINISHED')],
  PENDING: [report('PENDING')],
  'an end of another attempt': [{ ...report('FAILED'), attempt: 3 }],
}

const TIMES: Readonly<Record<string, number>> = {
  'at once': 1_001,
  'shortly before the deadline': 1_999,
  'long after': 9_999,
}

const isAlive = ({ state }: { readonly state: string }): boolean => state !== 'ended'
const count = (actions: readonly Action[], kind: Action['kind']): number =>
  actions.filter((action) => action.kind === kind).length

function check(facts: Facts, situation: string): void {
  const actions = nextActions(facts)
  const { chain, executions, outbox } = facts
  if (chain === 'unread' || executions === 'unread') {
    expect(
      actions.map(({ kind }) => kind),
      'an unanswered read decides nothing',
    ).to.deep.equal(['wait'])
    return
  }
  const living = executions.filter(isAlive)
  const reported = actions.flatMap((action) => (action.kind === 'report' ? [action.report] : []))
  expect(actions, `${situation}something is said`).not.to.have.length(0)
  expect(reported.length, `${situation}one report at most`).to.be.at.most(1)
  expect(
    count(actions, 'submit') === 0 ||
      executions.every(({ attempt }) => chain !== 'absent' && attempt !== chain.job.attempt),
    `${situation}nothing starts twice`,
  ).to.equal(true)
  expect(
    count(actions, 'submit') + count(actions, 'resume') === 0 || chain !== 'absent',
    `${situation}nothing starts that the chain does not know`,
  ).to.equal(true)
  expect(count(actions, 'settle') === 0 || living.length === 0, `${situation}nothing is left running`).to.equal(true)
  for (const one of reported) {
    expect(
      chain !== 'absent' && one.attempt === chain.job.attempt && chain.job.provider === 7,
      'of my attempt',
    ).to.equal(true)
    expect(!isClosing(one) || living.length === 0, `${situation}an end is said of what has ended`).to.equal(true)
    const isClosed = outbox.some((said) => isClosing(said) && said.attempt === one.attempt)
    expect(isClosed, `${situation}one end is signed once`).to.equal(false)
  }
  for (const action of actions) {
    if (action.kind === 'kill')
      expect(
        living.map(({ name }) => name),
        'only what lives is killed',
      ).to.include(action.name)
    if (action.kind === 'drop') expectDroppable(facts, action.report)
  }
  const isMine = chain !== 'absent' && chain.job.provider === 7
  const isOver = chain === 'absent' || !isMine || ['FINISHED', 'CANCELLED', 'PANICKED'].includes(chain.job.status)
  if (isOver) expect(count(actions, 'kill'), `${situation}what is no longer mine is killed`).to.equal(living.length)
}

/** A closing report goes only once the chain has passed it by. */
function expectDroppable({ chain, outbox }: Facts, dropped: Facts['outbox'][number]): void {
  expect(outbox).to.deep.include(dropped)
  if (typeof chain === 'string' || !isClosing(dropped)) return
  const { job } = chain
  const isOpen = job.provider === 7 && ['META_SCHEDULED', 'SCHEDULED', 'RUNNING'].includes(job.status)
  expect(isOpen && dropped.attempt === job.attempt, 'an end that is not yet on the chain is kept').to.equal(false)
}

describe('the next actions', () => {
  for (const [chainName, chain] of Object.entries(CHAINS)) {
    describe(`for a job that is ${chainName} on the chain`, () => {
      for (const [runnerName, executions] of Object.entries(EXECUTIONS)) {
        it(`keep every rule with an execution that is ${runnerName}, whatever is signed and at any time`, () => {
          for (const [said, outbox] of Object.entries(OUTBOXES)) {
            for (const [when, now] of Object.entries(TIMES)) {
              check(factsWith({ chain, executions, outbox, now }), `${said} signed, ${when}: `)
            }
          }
        })
      }
    })
  }
})
