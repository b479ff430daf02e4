import type { Execution, Facts } from './facts.ts'
import { isClosing } from './reports.ts'

/**
 * Where the job stands for this provider. `ABSENT`: the chain knows no such job. `NOT_MINE`: waiting, settled or with another. `CANCELLING`: the customer asked for
 * a cancel. `CLOSED`: a report that ends it is signed and not confirmed yet.
 */
export const CHAIN_SITUATIONS = [
  'UNREAD',
  'ABSENT',
  'NOT_MINE',
  'CLOSED',
  'CANCELLING',
  'META_SCHEDULED',
  'SCHEDULED',
  'RUNNING',
] as const
export type ChainSituation = (typeof CHAIN_SITUATIONS)[number]

/** What the runner knows of the job's present attempt. */
export const EXECUTION_SITUATIONS = ['unread', 'none', 'submitting', 'queued', 'running', 'lost', 'ended'] as const
export type ExecutionSituation = (typeof EXECUTION_SITUATIONS)[number]

/** Where the job stands for this provider. */
export function chainSituation(facts: Facts): ChainSituation {
  if (facts.chain === 'unread') return 'UNREAD'
  if (facts.chain === 'absent') return 'ABSENT'
  const { job } = facts.chain
  const { status } = job
  if (job.provider !== facts.provider) return 'NOT_MINE'
  if (status !== 'META_SCHEDULED' && status !== 'SCHEDULED' && status !== 'RUNNING') return 'NOT_MINE'
  const isClosed = facts.outbox.some((report) => report.attempt === job.attempt && isClosing(report))
  if (isClosed) return 'CLOSED'
  return job.cancelRequested ? 'CANCELLING' : status
}

/** The execution of the attempt that the chain names, where there is one. */
export function presentExecution({ chain, executions }: Facts): Execution | undefined {
  if (chain === 'unread' || chain === 'absent' || executions === 'unread') return undefined
  return executions.find((execution) => execution.attempt === chain.job.attempt)
}
