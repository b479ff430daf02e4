import type { CustomerHistory, GridState } from '../../../scheduling/grid.ts'
import { emptyGrid } from '../../../scheduling/grid.ts'
import { rememberRun } from '../../../scheduling/history.ts'
import { type Snapshot, type SnapshotTerms, snapshotOf } from '../../../scheduling/snapshot.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import { statusNumber } from '../../../sdk/domain/status.ts'
import { gridJobFrom, gridProviderFrom } from '../gridRows.ts'
import { requestFrom } from '../json.ts'
import type { AsOf, Reading } from './reading.ts'

/** Runs of a customer that are looked at: predictions follow from the last three of a kind, and what was used fades. */
const MOST_RUNS = 1000
const FIRST_FINAL = statusNumber('FINISHED')

/** The grid as the oracle's plans see it. Histories are read of the customers with waiting jobs and of those that are named. */
export async function readSnapshot(
  read: Reading,
  asOf: AsOf,
  terms: SnapshotTerms,
  customers: readonly Hex[] = [],
): Promise<Snapshot> {
  const state = emptyGrid()
  for (const row of await read.selectFrom('providers').selectAll().execute()) {
    state.providers.set(row.provider, gridProviderFrom(row))
  }
  await readJobs(read, state)
  const waiting = [...state.jobs.values()].filter(({ status }) => status === 'PENDING')
  const named = new Set([...waiting.map(({ request }) => request.customer), ...customers])
  for (const customer of named) await readRuns(read, state, customer)
  return snapshotOf(state, asOf.block, asOf.time, terms)
}

/** What a customer ran before; undefined where it ran nothing. */
export async function readHistory(read: Reading, customer: Hex): Promise<CustomerHistory | undefined> {
  const state = emptyGrid()
  await readRuns(read, state, customer)
  return state.histories.get(customer)
}

async function readJobs(read: Reading, state: GridState): Promise<void> {
  const failed = await failures(read)
  const rows = await read.selectFrom('jobs').selectAll().where('status', '<', FIRST_FINAL).orderBy('job').execute()
  for (const row of rows) state.jobs.set(row.id as Hex, gridJobFrom(row, failed.get(row.job)))
}

/** The providers that gave each live job back, in order. */
async function failures(read: Reading): Promise<Map<number, number[]>> {
  const rows = await read
    .selectFrom('job_changes as present')
    .innerJoin('job_changes as back', 'back.job', 'present.job')
    .select(['back.job', 'back.party'])
    .where('present.next_block', 'is', null)
    .where('present.status', '<', FIRST_FINAL)
    .where('back.kind', '=', 'job-returned')
    .orderBy('back.place')
    .execute()
  const failed = new Map<number, number[]>()
  for (const { job, party } of rows) failed.set(job, [...(failed.get(job) ?? []), party])
  return failed
}

async function readRuns(read: Reading, state: GridState, customer: Hex): Promise<void> {
  const rows = await read
    .selectFrom('job_changes as ending')
    .innerJoin('submissions', 'submissions.place', 'ending.job')
    .innerJoin('blocks', 'blocks.number', 'ending.block')
    .select(['ending.place', 'ending.details', 'submissions.request', 'blocks.time'])
    .where('ending.customer', '=', customer)
    .where('ending.kind', '=', 'job-ended')
    .orderBy('ending.place', 'desc')
    .limit(MOST_RUNS)
    .execute()
  for (const { details, request, time } of rows.reverse()) {
    if (details === null || request === null) continue
    const { secondsUsed } = JSON.parse(details)
    if (secondsUsed > 0) rememberRun(state, requestFrom(request), secondsUsed, time)
  }
}
