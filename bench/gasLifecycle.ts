import type { JobRequest } from '../sdk/domain/job.ts'
import { assignAll, newJobs, reportAll, signedReports, submitAll } from '../test/contracts/support/batches.ts'
import { type Account, nextBlockIn, now } from '../test/contracts/support/chain.ts'
import type { Grid } from '../test/contracts/support/grid.ts'
import type { JobCase } from '../test/contracts/support/requests.ts'
import { reportOf, submit } from '../test/contracts/support/steps.ts'
import { JOBS, loadBenchGrid } from './gasGrid.ts'
import { gasUsed } from './gasUsed.ts'
import { submitArray } from './submitArray.ts'

/** Gas a job of each step of its life, and of the whole. */
export interface Lifecycle {
  readonly submit: number
  readonly assign: number
  readonly scheduled: number
  readonly running: number
  readonly finished: number
  readonly total: number
}

type Intake = (grid: Grid, jobs: readonly JobCase[], customers: readonly Account[]) => Promise<number>
type Reporting = (grid: Grid, jobs: readonly JobCase[], report: Parameters<typeof reportAll>) => Promise<number>

const SECONDS_RUN = 300
/** What a provider would give as the hash of a result manifest. */
const RESULT = `0x${'5a'.repeat(32)}` as const

/** The customer sends each of its requests itself. */
const sendsItself: Intake = async (grid, jobs) => {
  let gas = 0
  for (const job of jobs) gas += await gasUsed(submit(grid, job))
  return gas
}
/** The oracle relays all requests in one transaction, with a signature each. */
const isRelayed: Intake = (grid, jobs, customers) => gasUsed(submitAll(grid, jobs, customers))
/** The oracle relays all requests in one transaction, under one signature over their Merkle root. */
const isArray: Intake = (grid, jobs) => gasUsed(submitArray(grid, jobs))

const signedTogether: Reporting = (_, __, report) => gasUsed(reportAll(...report))
const signedOneByOne: Reporting = async (grid, jobs, [, , status, facts]) => {
  const reports = jobs.map((job) => signedReports(grid, [reportOf(job, status, facts)]))
  const terms = status === 'FINISHED' ? jobs.map((job) => job.terms) : []
  return gasUsed(grid.jobs.connect(grid.actors.oracle).report(await Promise.all(reports), terms))
}

/** Runs a hundred jobs through their lives side by side, in batches of a hundred. */
async function live(
  intake: Intake,
  facts: Partial<JobRequest> = {},
  many = false,
  reporting = signedTogether,
): Promise<Lifecycle> {
  const { grid, customers: crowd } = await loadBenchGrid()
  const customers = many ? crowd : [grid.actors.customer]
  const jobs = await newJobs(grid, JOBS, customers, facts)
  const steps: Omit<Lifecycle, 'total'> = {
    submit: await intake(grid, jobs, customers),
    assign: await gasUsed(assignAll(grid, jobs)),
    scheduled: await reporting(grid, jobs, [grid, jobs, 'SCHEDULED']),
    running: await reporting(grid, jobs, [grid, jobs, 'RUNNING', { startedAt: (await now()) + 1 }]),
    finished: await finish(grid, jobs, reporting),
  }
  const perJob = Object.entries(steps).map(([step, gas]) => [step, Math.round(gas / JOBS)])
  const total = Math.round(Object.values(steps).reduce((sum, gas) => sum + gas, 0) / JOBS)
  return { ...(Object.fromEntries(perJob) as typeof steps), total }
}

async function finish(grid: Grid, jobs: readonly JobCase[], reporting: Reporting): Promise<number> {
  await nextBlockIn(SECONDS_RUN)
  return reporting(grid, jobs, [grid, jobs, 'FINISHED', { secondsUsed: SECONDS_RUN, result: RESULT }])
}

/** Gas a job for a whole life, by how requests and reports reach the chain. */
export async function measureLifecycles(): Promise<Record<string, Lifecycle>> {
  return {
    direct: await live(sendsItself),
    signed: await live(isRelayed),
    signedArray: await live(isArray),
    signedReportByReport: await live(isRelayed, {}, false, signedOneByOne),
    signedByHundredCustomers: await live(isRelayed, {}, true),
  }
}
