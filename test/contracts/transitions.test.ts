import { expect } from 'chai'
import type { ContractTransactionResponse } from 'ethers'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { JOB_STATUSES, type JobStatus, statusNumber } from '../../sdk/domain/status.ts'
import { hopsBetween, isLegalTransition, TRANSITIONS } from '../../sdk/domain/transitions.ts'
import { ATTEMPTS, type Attempt } from './support/attempts.ts'
import { booksOf, changesBetween, expectConserved } from './support/books.ts'
import { driveTo } from './support/driveTo.ts'
import { type Grid, loadGrid } from './support/grid.ts'
import type { JobCase } from './support/requests.ts'
import { WAYS, type Way } from './support/ways.ts'

const HOP_EVENTS: Partial<Record<JobStatus, string>> = { SCHEDULED: 'JobScheduled', RUNNING: 'JobStarted' }
const PAIRS = JOB_STATUSES.flatMap((from) => JOB_STATUSES.map((to) => [from, to] as const))

describe('the state machine of Jobs', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  const statusOf = async (job: JobCase) => Number((await grid.jobs.jobOf(job.id)).status)

  const eventsOf = async (transaction: ContractTransactionResponse): Promise<string[]> => {
    const receipt = await transaction.wait()
    return (receipt?.logs ?? []).flatMap((log) => grid.jobs.interface.parseLog(log)?.name ?? [])
  }

  const expectLegal = async (from: JobStatus, to: JobStatus, way: Way): Promise<void> => {
    const job = await driveTo(grid, from, way.facts)
    await way.given?.(grid, job)
    expect(await statusOf(job), `the job starts out ${from}`).to.equal(statusNumber(from))
    const before = await booksOf(grid)
    const transaction = await way.act(grid, job)
    await expect(transaction)
      .to.emit(grid.jobs, way.event)
      .withArgs(...way.args(grid, job))
    expect(await statusOf(job)).to.equal(statusNumber(to))
    expect(changesBetween(before, await booksOf(grid))).to.deep.equal(way.changes(grid, job))
  }

  const expectRefused = async (from: JobStatus, to: JobStatus, attempt: Attempt): Promise<void> => {
    const job = await driveTo(grid, from)
    const [slot, before] = [await grid.jobs.jobOf(job.id), await booksOf(grid)]
    const refused = expect(attempt.act(grid, job)).to.be.revertedWithCustomError(grid.jobs, attempt.error(from))
    if (attempt.error(from) === 'JobIllegalTransition') {
      await refused.withArgs(job.id, statusNumber(from), statusNumber(to))
    } else await refused
    expect(await grid.jobs.jobOf(job.id)).to.deep.equal(slot)
    expect(changesBetween(before, await booksOf(grid))).to.deep.equal({})
  }

  const expectWalked = async (from: JobStatus, hops: readonly JobStatus[], attempt: Attempt): Promise<void> => {
    const job = await driveTo(grid, from, { timeLimit: 60 })
    const events = await eventsOf(await attempt.act(grid, job))
    expect(events).to.deep.equal(hops.map((hop) => HOP_EVENTS[hop] ?? 'JobEnded'))
    expect(await statusOf(job)).to.equal(statusNumber(hops.at(-1) ?? 'NONE'))
  }

  for (const { from, to } of TRANSITIONS) {
    describe(`${from} → ${to}`, () => {
      for (const way of WAYS[`${from} → ${to}`] ?? []) {
        it(`is open to: ${way.by}`, () => expectLegal(from, to, way))
      }
    })
  }

  it('has a tested way along every row of the table, and none beside it', () => {
    const rows = TRANSITIONS.map(({ from, to }) => `${from} → ${to}`)
    expect(Object.keys(WAYS).sort()).to.deep.equal([...rows].sort())
  })

  for (const [from, to] of PAIRS.filter(([from, to]) => !isLegalTransition(from, to))) {
    describe(`${from} → ${to}, which is no row`, () => {
      for (const attempt of ATTEMPTS[to]) {
        const hops = attempt.started === undefined ? undefined : hopsBetween(from, to, attempt.started)
        if (hops !== undefined) {
          it(`takes ${hops.length} legal steps by ${attempt.call}`, () => expectWalked(from, hops, attempt))
        } else it(`is refused to ${attempt.call}`, () => expectRefused(from, to, attempt))
      }
    })
  }
})
