import { ZeroAddress, ZeroHash } from 'ethers'
import { attemptAndFlags, type Hex, type JobTerms } from '../../sdk/domain/job.ts'
import { isLive, type JobStatus, statusFromNumber } from '../../sdk/domain/status.ts'
import { hopsBetween } from '../../sdk/domain/transitions.ts'
import { termsOf } from '../chain/hashes.ts'
import type { MessageOf } from '../messages.ts'
import { type Refusal, refusal } from '../refusal.ts'
import type { RelayContext } from './relayContext.ts'
import { RelayRefusal, refusalByContract } from './relayRefusal.ts'
import { tryOnChain } from './tryOnChain.ts'
import { verifySignature } from './verifySignature.ts'

type Report = MessageOf<'reports'>['reports'][number]

/** What stands in for the terms of a job that a report is wrong about: the contract skips it for its own reason. */
const NO_TERMS: JobTerms = {
  customer: ZeroAddress as Hex,
  payer: ZeroAddress as Hex,
  provider: 0,
  tasks: 0,
  cpusPerTask: 0,
  memPerCpu: 0,
  gpus: 0,
  timeLimit: 0,
  budget: 0n,
  topUpLimit: 0n,
  startBy: 0,
  maxAttempts: 0,
  work: ZeroHash as Hex,
}

/**
 * Checks reports, whose digest is `key`: the provider’s signature, and that at least one of them still says something. Gives back
 * the message with the terms of the jobs that it concludes.
 */
export async function checkReports(
  context: RelayContext,
  key: Hex,
  message: MessageOf<'reports'>,
): Promise<MessageOf<'reports'>> {
  const signer = await signerOf(context, message.provider)
  await verifySignature(context.node, context.domain, { signer, digest: key, signature: message.signature })
  if (message.reports.every((report) => isPlain(context, message.provider, report))) return complete(context, message)
  const faults = await Promise.all(message.reports.map((report) => faultOf(context, message.provider, report)))
  const behind = faults.find((fault) => fault?.status === 503)
  if (behind !== undefined) throw behind
  const [first] = faults
  if (first !== undefined && faults.every((fault) => fault !== undefined)) throw first
  const completed = complete(context, message)
  const revert = await tryOnChain(context, key, completed)
  if (revert !== undefined) throw refusalByContract(revert)
  return completed
}

/** The message with the terms of the jobs that it concludes. */
function complete(context: RelayContext, message: MessageOf<'reports'>): MessageOf<'reports'> {
  const concluding = message.reports.filter(({ status }) => status !== 'SCHEDULED' && status !== 'RUNNING')
  return { ...message, terms: concluding.map(({ id }) => termsFrom(context, id)) }
}

/**
 * Whether the followed state answers for a report: a step of the usual life of a job that is with the provider. Whatever is less usual
 * is asked of the chain, and the chain has the last word when it is sent.
 */
function isPlain({ follower }: RelayContext, provider: number, report: Report): boolean {
  const job = follower.state.jobs.get(report.id)
  if (job === undefined || faultIn(job, provider, report) !== undefined) return false
  switch (report.status) {
    case 'SCHEDULED':
      return true
    case 'RUNNING':
      return report.startedAt >= job.submittedAt
    case 'FINISHED':
      return report.startedAt >= job.submittedAt && report.exitCode === 0
    case 'FAILED':
      return report.startedAt >= job.submittedAt && report.exitCode !== 0
    default:
      return false
  }
}

/** The key that speaks for a provider. Throws RelayRefusal where there is no such provider. */
export async function signerOf({ providers, follower }: RelayContext, provider: number): Promise<string> {
  const known = follower.state.providers.get(provider)?.contact.signer
  const signer = known ?? (await providers.signerOf(provider))
  if (signer !== ZeroAddress) return signer
  const message = `No provider has the index ${provider}. Register it, or set the agent's PROVIDER right.`
  throw new RelayRefusal(404, refusal('PROVIDER_UNKNOWN', message, { provider }))
}

/** Why a report says nothing (any more); undefined where it may count. */
async function faultOf(context: RelayContext, provider: number, report: Report): Promise<RelayRefusal | undefined> {
  const { id, attempt: reported } = report
  const job = await context.jobs.jobOf(id)
  const status = statusFromNumber(job.status)
  if (status === 'NONE') {
    return new RelayRefusal(404, refusal('JOB_UNKNOWN', `No job has the id ${id}. Drop the report.`, { id }))
  }
  if (isLive(status) && !context.follower.state.jobs.has(id)) {
    const message = 'The relay has not followed the chain to this job yet. Send the report again in a moment.'
    return new RelayRefusal(503, refusal('CHAIN_BEHIND', message, { id }))
  }
  const actual = Number(job.provider)
  const { attempt } = attemptAndFlags(Number(job.attemptAndFlags))
  const fault = faultIn({ status, provider: actual, attempt }, provider, report)
  return fault === undefined ? undefined : new RelayRefusal(409, { ...fault, facts: { id, reported, ...fault.facts } })
}

function faultIn(
  job: { readonly status: JobStatus; readonly provider: number; readonly attempt: number },
  provider: number,
  report: Report,
): Refusal | undefined {
  if (hopsBetween(job.status, report.status, report.startedAt !== 0) === undefined) {
    const message = `The job is ${job.status}, from where no path leads to ${report.status}. Drop the report.`
    return refusal('JOB_ILLEGAL_TRANSITION', message, { from: job.status, to: report.status })
  }
  if (job.provider !== provider) {
    const message = `The job is with provider ${job.provider}. Drop it: it is not yours any more.`
    return refusal('NOT_JOB_PROVIDER', message, { provider, actual: job.provider })
  }
  if (job.attempt === report.attempt) return undefined
  const message = `The job's attempt is ${job.attempt}, and nothing of another counts. Drop the report.`
  return refusal('JOB_WRONG_ATTEMPT', message, { current: job.attempt })
}

function termsFrom({ follower }: RelayContext, id: Hex): JobTerms {
  const job = follower.state.jobs.get(id)
  return job === undefined ? NO_TERMS : termsOf(job.request)
}
