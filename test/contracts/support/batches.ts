import type { JobRequest, Report } from '../../../sdk/domain/job.ts'
import type { JobStatus } from '../../../sdk/domain/status.ts'
import type { Account } from './chain.ts'
import { addressOf, type Grid, type ProviderActor } from './grid.ts'
import { type JobCase, newJob } from './requests.ts'
import { reportStruct, signReports, signRequest } from './signing.ts'
import { assignmentOf, reportOf, SOURCE, termsFor } from './steps.ts'

/** So many new jobs, unlike each other, of the fixture's customer or of the given ones in turn. */
export async function newJobs(
  grid: Grid,
  count: number,
  customers: readonly Account[] = [grid.actors.customer],
  facts: Partial<JobRequest> = {},
): Promise<JobCase[]> {
  const jobs: JobCase[] = []
  for (let index = 0; index < count; index += 1) {
    const customer = customers[index % customers.length] ?? grid.actors.customer
    jobs.push(await newJob(grid, { customer: addressOf(customer), ...facts }))
  }
  return jobs
}

/** Requests with a signature each, in the order of the jobs. */
export async function signedRequests(
  grid: Grid,
  jobs: readonly JobCase[],
  customers: readonly Account[] = [grid.actors.customer],
) {
  const signatures = jobs.map((job, index) =>
    signRequest(customers[index % customers.length] ?? grid.actors.customer, grid.domain, job),
  )
  const signed = await Promise.all(signatures)
  return jobs.map((job, index) => ({ request: job.request, proof: [], signature: signed[index] ?? '0x' }))
}

/** The oracle relays requests in one transaction. */
export async function submitAll(grid: Grid, jobs: readonly JobCase[], customers?: readonly Account[]) {
  return grid.jobs.connect(grid.actors.oracle).submit(await signedRequests(grid, jobs, customers), [])
}

/** The oracle assigns jobs to one provider in one transaction. */
export function assignAll(grid: Grid, jobs: readonly JobCase[], provider: ProviderActor = grid.alpha) {
  const assignments = jobs.map((job) => assignmentOf(job, provider))
  return grid.jobs.connect(grid.actors.oracle).assign(SOURCE, assignments)
}

/** Reports of one provider under its signature. */
export async function signedReports(grid: Grid, reports: readonly Report[], provider: ProviderActor = grid.alpha) {
  const signature = await signReports(provider.signer, grid.domain, provider.index, reports)
  return { provider: provider.index, reports: reports.map(reportStruct), signature }
}

/** The oracle relays one report of each job under one signature of the provider. */
export async function reportAll(
  grid: Grid,
  jobs: readonly JobCase[],
  status: JobStatus,
  facts: Partial<Report> = {},
  provider: ProviderActor = grid.alpha,
) {
  const reports = jobs.map((job) => reportOf(job, status, facts))
  const batch = await signedReports(grid, reports, provider)
  const terms = jobs.flatMap((job) => termsFor(job, status))
  return grid.jobs.connect(grid.actors.oracle).report([batch], terms)
}
