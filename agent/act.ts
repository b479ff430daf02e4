import type { Logger } from 'pino'
import { executionName, type Report } from '../sdk/domain/job.ts'
import type { Signing } from './chain/signing.ts'
import type { WatchList } from './chain/watchList.ts'
import type { Action, ChainJob, Execution, Facts } from './core/facts.ts'
import { currentName } from './core/reports.ts'
import type { Definitions } from './gateway/definitions.ts'
import type { Logs } from './logs/logs.ts'
import type { Outbox } from './outbox/outbox.ts'
import { signInto } from './outbox/signInto.ts'
import type { Runner } from './runners/runner.ts'

/** Everything that actions act upon. */
export interface Actor {
  /** Index of this provider. */
  readonly provider: number
  readonly runner: Runner
  readonly outbox: Outbox
  readonly logs: Logs
  readonly definitions: Definitions
  readonly watchList: WatchList
  readonly signing: Signing
  /** Unix seconds now. */
  readonly clock: () => number
  /** Called when a report is ready to be sent. */
  readonly wakeDelivery: () => void
  readonly log: Logger
}

/** Does one action. Each may be done again after a crash at any point of it. */
export async function act(it: Actor, action: Action, facts: Facts, block: number): Promise<void> {
  const { kind, ...what } = action
  it.log[kind === 'wait' ? 'debug' : 'info']({ job: facts.id, block, action: kind, ...what }, 'act')
  switch (action.kind) {
    case 'wait':
      return
    case 'fetch-definition':
      return withChain(facts, ({ job, request }) => it.definitions.fetch(facts.id, job.attempt, request))
    case 'submit':
      return withChain(facts, (chain) => submit(it, facts, chain, action.timeLimitSeconds))
    case 'resume':
      return it.runner.resume(action.name)
    case 'extend':
      return it.runner.extend(action.name, action.timeLimitSeconds)
    case 'kill':
      return it.runner.cancel(action.name)
    case 'report':
      return report(it, action, facts)
    case 'drop':
      return it.outbox.remove(action.report)
    case 'keep-log':
      return it.logs.close(action.name, (from, most) => it.runner.output(action.name, from, most))
    case 'settle':
      return settle(it, facts, block)
  }
}

async function submit(it: Actor, facts: Facts, chain: ChainJob, timeLimitSeconds: number): Promise<void> {
  const name = currentName(facts.id, chain)
  const script = it.definitions.script(name)
  if (script === undefined) return
  const { tasks, cpusPerTask, memPerCpu, gpus } = chain.request
  const resources = { tasks, cpusPerTask, memPerCpu, gpus }
  const { attempt } = chain.job
  await it.runner.submit({ id: facts.id, attempt, script, env: {}, resources, timeLimitSeconds })
  it.definitions.forget(name)
}

async function report(it: Actor, action: Extract<Action, { kind: 'report' }>, facts: Facts): Promise<void> {
  await withChain(facts, (chain) => explain(it, currentName(facts.id, chain)))
  await signInto(it.outbox, it.signing, it.provider, withResult(it, action.report, facts), it.clock())
  it.wakeDelivery()
}

/** Of a run the report names the manifest, which stands for all that was printed; where there is none, what the runner kept. */
function withResult({ logs }: Actor, report: Report, { executions, id }: Facts): Report {
  const ran = executions !== 'unread' && executions.some(isRunOf(report))
  const result = ran ? logs.resultOf(executionName(id, report.attempt)) : undefined
  return result === undefined ? report : { ...report, result }
}

function isRunOf({ attempt, result }: Report): (execution: Execution) => boolean {
  return (execution) => execution.attempt === attempt && execution.state === 'ended' && execution.end.output === result
}

function settle(it: Actor, facts: Facts, block: number): void {
  if (typeof facts.chain !== 'string') it.definitions.forget(currentName(facts.id, facts.chain))
  it.watchList.settle(facts.id, block)
}

/** The customer of a faulty definition reads in the log what is wrong with it. */
async function explain(it: Actor, name: string): Promise<void> {
  const explanation = it.definitions.explanation(name)
  if (explanation === undefined) return
  await it.logs.put(name, explanation)
  it.definitions.forget(name)
}

async function withChain(facts: Facts, use: (chain: ChainJob) => Promise<void> | void): Promise<void> {
  if (typeof facts.chain !== 'string') await use(facts.chain)
}
