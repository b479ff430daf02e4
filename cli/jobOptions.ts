import type { WantedJob } from '../sdk/actions/createJobRequest.ts'
import { parseAffinity } from '../sdk/domain/affinity.ts'
import type { Hex } from '../sdk/domain/job.ts'
import { REQUEST_LIMITS } from '../sdk/domain/resources.ts'
import { parseDuration } from '../workflow/parseDuration.ts'
import type { Workflow } from '../workflow/schema.ts'
import { addressFrom, providerFrom, textOption, wholeFrom } from './arguments.ts'
import { usageError } from './cliError.ts'
import { creditsFrom } from './output/amounts.ts'
import type { Wanted } from './quoting.ts'

type Options = Readonly<Record<string, unknown>>

/** What a workflow and the options of the command line ask for together. */
export interface PreparedJob extends Wanted {
  readonly name: string
  /** Whether somebody named the time limit; otherwise the budget decides, where there is one. */
  readonly isTimed: boolean
}

const DEFAULT_SECONDS = 600
const NOBODY: Hex = `0x${'0'.repeat(40)}`

/** The job that a workflow asks for, with what the command line changes. Throws a CliError. */
export function prepareJob(workflow: Workflow, options: Options): PreparedJob {
  const { resources, name = 'job' } = workflow
  const [limit, budget, provider] = ['timeLimit', 'budget', 'provider'].map((option) => textOption(options, option))
  const timed = limit === undefined ? workflow.timeLimit : secondsFrom(limit)
  return {
    ...resources,
    customer: NOBODY,
    timeLimit: timed ?? DEFAULT_SECONDS,
    isTimed: timed !== undefined,
    affinity: affinityOf(workflow.affinity, textOption(options, 'affinity')),
    provider: provider === undefined ? 0 : providerFrom(provider),
    budget: budget === undefined ? undefined : creditsFrom(budget, 'a budget'),
    name: textOption(options, 'name') ?? name,
  }
}

/** What of a prepared job goes into its request. */
export function jobFacts(job: PreparedJob): Omit<WantedJob, 'definition' | 'timeLimit' | 'budget'> {
  const { tasks, cpusPerTask, memPerCpu, gpus, affinity, provider, name } = job
  return { tasks, cpusPerTask, memPerCpu, gpus, affinity, provider, name }
}

/** What the command line alone says of a request. Throws a CliError. */
export async function submissionTerms(options: Options): Promise<Partial<WantedJob>> {
  const payer = textOption(options, 'payer')
  const attempts = textOption(options, 'attempts')
  const topUp = textOption(options, 'topUpLimit')
  const [least, most] = REQUEST_LIMITS.maxAttempts
  return {
    ...(payer === undefined ? {} : { payer: await addressFrom(payer) }),
    ...(attempts === undefined ? {} : { maxAttempts: wholeFrom(attempts, least, most, 'a number of attempts') }),
    ...(topUp === undefined ? {} : { topUpLimit: creditsFrom(topUp, 'a limit of top-ups') }),
  }
}

function secondsFrom(text: string): number {
  const seconds = parseDuration(text)
  const [least, most] = REQUEST_LIMITS.timeLimit
  if (seconds !== undefined && seconds >= least && seconds <= most) return seconds
  throw usageError(
    'TIME_LIMIT_INVALID',
    `${text} is no time limit. Give seconds, or text such as 90s, 10m or 1d12h, up to a year.`,
  )
}

/** The rules of both: the command line adds to what the workflow says. */
function affinityOf(own: string | undefined, added: string | undefined): string {
  const all = [own, added].filter((rules) => rules !== undefined && rules.trim() !== '').join(', ')
  const parsed = parseAffinity(all)
  if (parsed.kind === 'rules') return all
  const { at, message } = parsed.fault
  throw usageError(
    'AFFINITY_INVALID',
    `The affinity "${all}" cannot be read at character ${at + 1}: ${message}. Write arch=amd64, gpu:in:nvidia.`,
  )
}
