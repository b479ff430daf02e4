import {
  createJobRequest,
  type DepositPermit,
  putDefinition,
  quote,
  type SubmittedJob,
  submitJob,
} from '../../sdk/index.ts'
import { parseWorkflow } from '../../workflow/parseWorkflow.ts'
import { workflowErrorText } from '../../workflow/workflowError.ts'
import type { Customer } from './customer.ts'

/** What is asked for beside the workflow. */
export interface SubmitWorkflowOptions {
  /** Providers whose prices the budget must cover. */
  readonly providers: readonly number[]
  readonly permit?: DepositPermit
  readonly maxAttempts?: number
  /** Seconds, where the workflow names no time limit. */
  readonly timeLimit?: number
}

/** A job that was submitted from a workflow, and its name. */
export interface SubmittedWorkflow extends SubmittedJob {
  readonly name: string
}

/** Takes a workflow from its text to a job on the chain, by the relay: the customer pays no gas. */
export async function submitWorkflow(
  customer: Customer,
  text: string,
  options: SubmitWorkflowOptions,
): Promise<SubmittedWorkflow> {
  const parsed = parseWorkflow(text)
  if (!parsed.ok) throw new Error(`the workflow is wrong:\n${parsed.errors.map(workflowErrorText).join('\n')}`)
  const { resources, timeLimit = options.timeLimit ?? 60, affinity = '', name = 'job' } = parsed.workflow
  const { client } = customer
  const definition = await putDefinition(client, new TextEncoder().encode(text))
  const wanted = { ...resources, timeLimit }
  const quotes = await Promise.all(options.providers.map((provider) => quote(client, provider, wanted)))
  const [dearest] = quotes.toSorted((a, b) => Number(b.budget - a.budget))
  const budget = dearest?.budget ?? 0n
  const { maxAttempts = 3, permit } = options
  const request = await createJobRequest(client, { ...wanted, definition, budget, affinity, name, maxAttempts })
  const job = await submitJob(client, request, { by: 'relay', ...(permit === undefined ? {} : { permit }) })
  return { ...job, name }
}
