import type { Hex } from '../../sdk/domain/job.ts'
import { costRoundedDown } from '../../sdk/domain/settlement.ts'
import type { JobStatus } from '../../sdk/domain/status.ts'
import { getManifest, type JobTransition, readLog, watchJob } from '../../sdk/index.ts'
import { until } from '../../sdk/waiting.ts'
import type { Customer } from './customer.ts'

/** One step of a job as the demo shows it. */
export interface Step {
  readonly status: JobStatus
  readonly block: number
  readonly transaction: Hex
  /** Unix seconds of the block. */
  readonly time: number
}

/** How a job went, from the chain and the gateway alone. Amounts are credits with 18 decimals. */
export interface JobStory {
  readonly name: string
  readonly id: Hex
  readonly status: JobStatus
  readonly provider: number
  /** Of its last assignment; 0 where it had none. */
  readonly attempt: number
  readonly exitCode: number
  readonly secondsUsed: number
  readonly ratePerMinute: bigint
  readonly budget: bigint
  readonly cost: bigint
  readonly cut: bigint
  readonly refund: bigint
  /** Rate × seconds used, rounded down: what the cost must be. */
  readonly expectedCost: bigint
  readonly output: string
  readonly steps: readonly Step[]
}

/** Follows a job to its end, telling each step, and collects its story. */
export async function followJob(
  customer: Customer,
  job: { readonly id: Hex; readonly name: string },
  onStep: (step: Step) => void,
): Promise<JobStory> {
  const steps: Step[] = []
  let assigned: Extract<JobTransition, { kind: 'job-assigned' }> | undefined
  let budget = 0n
  for await (const transition of watchJob(customer.client, job.id)) {
    const { block, transaction, time } = transition.place
    const step = { status: transition.to, block, transaction, time }
    steps.push(step)
    onStep(step)
    if (transition.kind === 'job-submitted') budget = transition.request.budget
    if (transition.kind === 'job-assigned') assigned = transition
    if (transition.kind !== 'job-ended') continue
    const { status, provider, exitCode, secondsUsed, cost, cut, refund } = transition
    const ratePerMinute = assigned?.rate ?? 0n
    const output = assigned === undefined ? '' : await outputOf(customer, job.id, assigned.attempt)
    const expectedCost = costRoundedDown(ratePerMinute, secondsUsed, budget)
    const attempt = assigned?.attempt ?? 0
    const facts = {
      status,
      provider,
      attempt,
      exitCode,
      secondsUsed,
      cost,
      cut,
      refund,
      ratePerMinute,
      budget,
      expectedCost,
    }
    return { ...job, ...facts, output, steps }
  }
  throw new Error(`the story of job ${job.id} broke off`)
}

/** The provider sends the output when the job has ended: it may come a moment after the last transition. */
function outputOf(customer: Customer, id: Hex, attempt: number): Promise<string> {
  const what = `The output of job ${id}`
  return until(what, 100, { timeoutSeconds: 30 }, async () => {
    const isComplete = (await getManifest(customer.client, id, attempt)) !== undefined
    return isComplete ? readLog(customer.client, id, attempt) : undefined
  })
}
