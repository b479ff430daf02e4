import type { Heartbeat, Hex, JobTerms, Report } from '../../../sdk/domain/job.ts'
import type { JobStatus } from '../../../sdk/domain/status.ts'
import { type Account, ethers } from './chain.ts'
import type { Grid, ProviderActor } from './grid.ts'
import { type JobCase, rateAt } from './requests.ts'
import { reportStruct } from './signing.ts'

/** What the tests' plans say that they follow from. */
export const SOURCE = { snapshotBlock: 7n, policy: ethers.id('policy'), inputs: ethers.id('inputs') }

/** The customer sends its own request. */
export function submit(grid: Grid, job: JobCase) {
  return grid.jobs.connect(grid.actors.customer).submit([{ request: job.request, proof: [], signature: '0x' }], [])
}

/** The customer cancels its own job. */
export function cancel(grid: Grid, job: JobCase) {
  return grid.jobs.connect(grid.actors.customer).cancel([{ terms: job.terms, signature: '0x' }])
}

/** The customer raises its own job's budget to `total`. */
export function topUp(grid: Grid, job: JobCase, total: bigint) {
  return grid.jobs.connect(grid.actors.customer).topUp([{ terms: job.terms, total, signature: '0x' }])
}

/** An assignment at the provider's published prices. */
export function assignmentOf(job: JobCase, provider: ProviderActor) {
  return { terms: job.terms, provider: provider.index, expectedRate: rateAt(provider, job) }
}

/** The oracle assigns a job at the provider's published prices. */
export function assign(grid: Grid, job: JobCase, provider: ProviderActor = grid.alpha) {
  return grid.jobs.connect(grid.actors.oracle).assign(SOURCE, [assignmentOf(job, provider)])
}

/** The customer assigns its own job. */
export function assignSelf(grid: Grid, job: JobCase, provider: ProviderActor = grid.alpha) {
  return grid.jobs.connect(grid.actors.customer).assignSelf(assignmentOf(job, provider))
}

/** A report of the first attempt of a job that has not started, unless the facts say otherwise. */
export function reportOf(job: JobCase, status: JobStatus, facts: Partial<Report> = {}): Report {
  return {
    id: job.id,
    attempt: 1,
    status,
    startedAt: 0,
    secondsUsed: 0,
    exitCode: 0,
    result: ethers.ZeroHash as Hex,
    ...facts,
  }
}

/** The terms that a report must bring along. */
export function termsFor(job: JobCase, status: JobStatus): JobTerms[] {
  return status === 'SCHEDULED' || status === 'RUNNING' ? [] : [job.terms]
}

/** The provider's signer sends one report itself. */
export function report(
  grid: Grid,
  job: JobCase,
  status: JobStatus,
  facts: Partial<Report> = {},
  provider: ProviderActor = grid.alpha,
) {
  const reports = [reportStruct(reportOf(job, status, facts))]
  return grid.jobs
    .connect(provider.signer)
    .report([{ provider: provider.index, reports, signature: '0x' }], termsFor(job, status))
}

/** Anybody enforces the deadline of a job. */
export function expire(grid: Grid, job: JobCase, enforcer: Account = grid.actors.stranger) {
  return grid.jobs.connect(enforcer).expire([job.terms])
}

/** The guardian announces the panic of a job. */
export function announcePanic(grid: Grid, job: JobCase) {
  return grid.jobs.connect(grid.actors.guardian).announcePanic([job.id], 'a reason')
}

/** The guardian ends an announced job. */
export function panic(grid: Grid, job: JobCase) {
  return grid.jobs.connect(grid.actors.guardian).panic([job.terms])
}

/** The provider's signer sends a heartbeat itself. */
export function heartbeat(grid: Grid, beat: Omit<Heartbeat, 'provider'>, provider: ProviderActor = grid.alpha) {
  const message = { provider: provider.index, sentAt: beat.sentAt, running: [...beat.running] }
  return grid.jobs.connect(provider.signer).heartbeat([{ heartbeat: message, signature: '0x' }])
}
