import { expect } from 'chai'
import type { LogDescription } from 'ethers'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { isFinal, type JobStatus, statusFromNumber } from '../../sdk/domain/status.ts'
import { expectConserved } from './support/books.ts'
import { ethers, nextBlockAt, nextBlockIn, now } from './support/chain.ts'
import { sinceOf } from './support/deadlines.ts'
import { driveTo } from './support/driveTo.ts'
import { type Grid, loadGrid } from './support/grid.ts'
import type { JobCase } from './support/requests.ts'
import { announcePanic, assign, cancel, expire, report, topUp } from './support/steps.ts'

/** What the logs of one topic say of a job: the names of the events in order, and the state that the last of them leaves. */
async function storyOf({ jobs }: Grid, job: JobCase): Promise<{ told: readonly string[]; ends: JobStatus }> {
  const logs = await ethers.provider.getLogs({ address: jobs, topics: [null, job.id], fromBlock: 0 })
  const events = logs.map((log) => jobs.interface.parseLog(log))
  const told = events.map((event) => event?.name ?? 'unknown')
  return { told, ends: events.reduce<JobStatus>((before, event) => after(before, event), 'NONE') }
}

function after(before: JobStatus, event: LogDescription | null): JobStatus {
  const states: Readonly<Record<string, JobStatus>> = {
    JobSubmitted: 'PENDING',
    JobAssigned: 'META_SCHEDULED',
    JobScheduled: 'SCHEDULED',
    JobStarted: 'RUNNING',
    JobReturned: 'PENDING',
  }
  if (event?.name === 'JobEnded') return statusFromNumber(event.args['status'])
  return states[event?.name ?? ''] ?? before
}

describe('the story of a job, from the logs of its own topic alone', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  it('tells a job that one provider lost and another finished', async () => {
    const job = await driveTo(grid, 'RUNNING')
    await topUp(grid, job, job.request.budget + 10n)
    await report(grid, job, 'PENDING')
    await assign(grid, job, grid.beta)
    const startedAt = (await now()) + 1
    await nextBlockAt(startedAt + 50)
    await report(grid, job, 'FINISHED', { attempt: 2, startedAt, secondsUsed: 50 }, grid.beta)
    expect(await storyOf(grid, job)).to.deep.equal({
      told: [
        ...['JobSubmitted', 'JobAssigned', 'JobScheduled', 'JobStarted', 'JobToppedUp', 'JobReturned'],
        ...['JobAssigned', 'JobScheduled', 'JobStarted', 'JobEnded'],
      ],
      ends: 'FINISHED',
    })
  })

  it('tells a job whose customer changed its mind', async () => {
    const job = await driveTo(grid, 'RUNNING')
    await cancel(grid, job)
    await report(grid, job, 'CANCELLED', { secondsUsed: 1 })
    expect(await storyOf(grid, job)).to.deep.equal({
      told: ['JobSubmitted', 'JobAssigned', 'JobScheduled', 'JobStarted', 'CancelRequested', 'JobEnded'],
      ends: 'CANCELLED',
    })
  })

  it('tells a job whose provider fell silent, with the penalty', async () => {
    const job = await driveTo(grid, 'SCHEDULED', { maxAttempts: 1 })
    await announcePanic(grid, job)
    await nextBlockIn(grid.config.parameters.silenceTimeout + 1)
    await expire(grid, job)
    const { told, ends } = await storyOf(grid, job)
    expect(told.slice(0, 4)).to.deep.equal(['JobSubmitted', 'JobAssigned', 'JobScheduled', 'PanicAnnounced'])
    expect(told.slice(4)).to.have.members(['JobEnded', 'PenaltySplit'])
    expect(ends).to.equal('PANICKED')
  })

  for (const status of ['PENDING', 'META_SCHEDULED', 'SCHEDULED', 'RUNNING', 'FAILED', 'OUT_OF_CREDITS'] as const) {
    it(`ends with the state that the contract holds: ${status}`, async () => {
      const job = await driveTo(grid, status)
      const { ends } = await storyOf(grid, job)
      expect(ends).to.equal(statusFromNumber((await grid.jobs.jobOf(job.id)).status))
      if (!isFinal(ends)) expect(await sinceOf(grid, job)).to.be.greaterThan(0)
    })
  }
})
