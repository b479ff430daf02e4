import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { ParametersConfig } from '../../scripts/deploymentConfig.ts'
import type { JobRequest } from '../../sdk/domain/job.ts'
import { type JobStatus, statusNumber } from '../../sdk/domain/status.ts'
import { changesBy, expectConserved } from './support/books.ts'
import { nextBlockAt, nextBlockIn, now } from './support/chain.ts'
import { CREDIT } from './support/credit.ts'
import { passSilence, sinceOf } from './support/deadlines.ts'
import { driveTo } from './support/driveTo.ts'
import { expectSkipped } from './support/expectSkipped.ts'
import { type Grid, loadGrid } from './support/grid.ts'
import { closed, penalised, refunded, settled, sumOf } from './support/money.ts'
import { type JobCase, newJob } from './support/requests.ts'
import { announcePanic, assign, cancel, expire, heartbeat, panic, report, submit, topUp } from './support/steps.ts'

interface Case {
  readonly what: string
  readonly from: JobStatus
  readonly to: JobStatus
  readonly facts?: Partial<JobRequest>
  readonly given?: (grid: Grid, job: JobCase) => Promise<unknown>
  readonly deadline: (grid: Grid, job: JobCase, parameters: ParametersConfig) => Promise<number> | number
}

const aliveUntil = async (grid: Grid, at: number) => {
  await nextBlockAt(at)
  await heartbeat(grid, { sentAt: at, running: [] })
}

const CASES: readonly Case[] = [
  { what: 'startBy', from: 'PENDING', to: 'CANCELLED', deadline: (_, job) => job.request.startBy },
  {
    what: 'startBy or `requeueWindow` after a return',
    from: 'META_SCHEDULED',
    to: 'CANCELLED',
    given: async (grid, job) => {
      await nextBlockAt(job.request.startBy - 100)
      await report(grid, job, 'PENDING')
    },
    deadline: async (grid, job, { requeueWindow }) => (await sinceOf(grid, job)) + requeueWindow,
  },
  {
    what: 'the return of a job with no attempt left',
    from: 'META_SCHEDULED',
    to: 'CANCELLED',
    facts: { maxAttempts: 1 },
    given: (grid, job) => report(grid, job, 'PENDING'),
    deadline: (grid, job) => sinceOf(grid, job),
  },
  {
    what: '`acceptTimeout`',
    from: 'META_SCHEDULED',
    to: 'PENDING',
    deadline: async (grid, job, { acceptTimeout }) => (await sinceOf(grid, job)) + acceptTimeout,
  },
  {
    what: '`queueTimeout` of a provider that lives',
    from: 'SCHEDULED',
    to: 'PENDING',
    given: async (grid, job) => aliveUntil(grid, (await sinceOf(grid, job)) + grid.config.parameters.queueTimeout - 5),
    deadline: async (grid, job, { queueTimeout }) => (await sinceOf(grid, job)) + queueTimeout,
  },
  {
    what: '`silenceTimeout` of a queued job',
    from: 'SCHEDULED',
    to: 'PENDING',
    deadline: async (grid, _, { silenceTimeout }) => Number(await grid.jobs.lastSeen(1)) + silenceTimeout,
  },
  {
    what: '`silenceTimeout` of a running job with no attempt left',
    from: 'RUNNING',
    to: 'PANICKED',
    facts: { maxAttempts: 1 },
    deadline: async (grid, _, { silenceTimeout }) => Number(await grid.jobs.lastSeen(1)) + silenceTimeout,
  },
  {
    what: 'the allowed seconds + `reportGrace` of a provider that lives',
    from: 'RUNNING',
    to: 'PANICKED',
    given: async (grid, job) => aliveUntil(grid, (await sinceOf(grid, job)) + 1_100),
    deadline: async (grid, job, { reportGrace }) => (await sinceOf(grid, job)) + 600 + reportGrace,
  },
  {
    what: 'the seconds that a top-up bought + `reportGrace`',
    from: 'RUNNING',
    to: 'PANICKED',
    given: async (grid, job) => {
      await topUp(grid, job, job.request.budget + (await grid.jobs.jobOf(job.id)).rate)
      await aliveUntil(grid, (await sinceOf(grid, job)) + 1_200)
    },
    deadline: async (grid, job, { reportGrace }) => (await sinceOf(grid, job)) + 660 + reportGrace,
  },
  {
    what: '`cancelTimeout`',
    from: 'RUNNING',
    to: 'CANCELLED',
    given: cancel,
    deadline: async (_, __, { cancelTimeout }) => (await now()) + cancelTimeout,
  },
]

describe('deadlines', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  for (const { what, from, to, facts, given, deadline } of CASES) {
    it(`of ${what}: nobody may act in its last second, anybody after it (${from}, then ${to})`, async () => {
      const job = await driveTo(grid, from, facts)
      await given?.(grid, job)
      const time = await deadline(grid, job, grid.config.parameters)
      expect(await grid.jobs.deadlineOf(job.terms)).to.deep.equal([BigInt(time), BigInt(statusNumber(to))])
      for (const at of [time - 1, time]) {
        if (at <= (await now())) continue
        await nextBlockAt(at)
        await expect(expire(grid, job))
          .to.be.revertedWithCustomError(grid.jobs, 'DeadlineNotPassed')
          .withArgs(job.id, time)
      }
      await nextBlockAt(time + 1)
      await expire(grid, job)
      expect((await grid.jobs.jobOf(job.id)).status).to.equal(BigInt(statusNumber(to)))
    })
  }

  for (const status of ['NONE', 'FINISHED', 'CANCELLED', 'PANICKED'] as const) {
    it(`do not exist for a job that is ${status}`, async () => {
      const job = await driveTo(grid, status)
      expect(await grid.jobs.deadlineOf(job.terms)).to.deep.equal([0n, 0n])
      await nextBlockIn(10 * 365 * 24 * 3600)
      await expect(expire(grid, job)).to.be.revertedWithCustomError(grid.jobs, 'DeadlineNotPassed').withArgs(job.id, 0)
    })
  }

  it('are enforced together for any mix of states, and what is not due is skipped', async () => {
    const late = await driveTo(grid, 'META_SCHEDULED')
    const silent = await driveTo(grid, 'RUNNING')
    const waiting = await driveTo(grid, 'PENDING')
    await nextBlockIn(grid.config.parameters.acceptTimeout + 100)
    const jobs = [waiting, late, silent]
    const act = () => grid.jobs.connect(grid.actors.stranger).expire(jobs.map((job) => job.terms))
    const before = await grid.jobs.balanceOf(grid.actors.stranger)
    await expectSkipped(grid, await act(), [
      { id: waiting.id, error: 'DeadlineNotPassed', args: [waiting.id, waiting.request.startBy] },
    ])
    const earned = (await grid.jobs.balanceOf(grid.actors.stranger)) - before
    expect(earned).to.equal((grid.config.latePenalty + grid.config.silencePenalty) / 5n)
    expect((await grid.providers.providerOf(1)).openJobs).to.equal(0n)
  })

  it('say how a penalty was split', async () => {
    const job = await driveTo(grid, 'RUNNING')
    await passSilence(grid, job)
    const { silencePenalty: penalty } = grid.config
    await expect(expire(grid, job))
      .to.emit(grid.jobs, 'PenaltySplit')
      .withArgs(job.id, 1, penalty, (penalty * 3n) / 10n, grid.actors.stranger, penalty / 5n)
  })

  it('give the treasury at least half, so that a provider cannot drain its stake through a friend', async () => {
    const job = await driveTo(grid, 'RUNNING')
    await passSilence(grid, job)
    const changes = await changesBy(grid, () => expire(grid, job, grid.actors.customer))
    const { silencePenalty } = grid.config
    expect(changes['cut']).to.equal(silencePenalty / 2n)
    expect(changes['customer']).to.equal(silencePenalty / 2n)
  })

  it('never take finished work: a report after the allowed time is paid if nobody enforced the deadline before it', async () => {
    const job = await driveTo(grid, 'RUNNING')
    await nextBlockAt((await sinceOf(grid, job)) + 600 + grid.config.parameters.reportGrace + 50)
    const changes = await changesBy(grid, () => report(grid, job, 'FINISHED', { secondsUsed: 600 }))
    expect(changes).to.deep.equal(settled(grid, job, 600))
  })

  it('restore a payer’s credits to the payer, and pay the penalty to the customer', async () => {
    const job = await newJob(grid, { payer: grid.actors.payer.address as `0x${string}` })
    await submit(grid, job)
    await nextBlockAt(job.request.startBy + 1)
    const changes = await changesBy(grid, () => expire(grid, job))
    expect(changes).to.deep.equal({ payer: job.request.budget, allowance: job.request.budget })
  })

  describe('heartbeats', () => {
    it('put silence off by the time that they name', async () => {
      const job = await driveTo(grid, 'RUNNING', {
        timeLimit: 100_000,
        budget: 9_000n * CREDIT,
        gpus: 0,
        tasks: 1,
        cpusPerTask: 1,
      })
      const sentAt = (await now()) + 400
      await nextBlockAt(sentAt + 30)
      await heartbeat(grid, { sentAt, running: [{ id: job.id, attempt: 1, secondsUsed: 400 }] })
      const [deadline] = await grid.jobs.deadlineOf(job.terms)
      expect(deadline).to.equal(BigInt(sentAt + grid.config.parameters.silenceTimeout))
    })
  })

  describe('the guardian’s panic', () => {
    for (const from of ['META_SCHEDULED', 'SCHEDULED', 'RUNNING'] as const) {
      it(`of a job that is ${from} waits for \`panicDelay\` to the second`, async () => {
        const job = await driveTo(grid, from)
        const panicsAt = (await now()) + 1 + grid.config.parameters.panicDelay
        await nextBlockAt(panicsAt - grid.config.parameters.panicDelay)
        await expect(announcePanic(grid, job))
          .to.emit(grid.jobs, 'PanicAnnounced')
          .withArgs(job.id, panicsAt, 'a reason')
        await nextBlockAt(panicsAt)
        await expect(panic(grid, job))
          .to.be.revertedWithCustomError(grid.jobs, 'DeadlineNotPassed')
          .withArgs(job.id, panicsAt)
        expect(await changesBy(grid, () => panic(grid, job))).to.deep.equal(sumOf(refunded(job), closed(grid)))
      })
    }

    it('must be announced', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await expect(panic(grid, job)).to.be.revertedWithCustomError(grid.jobs, 'PanicNotAnnounced').withArgs(job.id)
    })

    it('lets reports settle in the meantime', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await announcePanic(grid, job)
      await nextBlockAt((await sinceOf(grid, job)) + 100)
      const changes = await changesBy(grid, () => report(grid, job, 'FINISHED', { secondsUsed: 100 }))
      expect(changes).to.deep.equal(settled(grid, job, 100))
      await nextBlockIn(grid.config.parameters.panicDelay + 1)
      await expect(panic(grid, job)).to.be.revertedWithCustomError(grid.jobs, 'JobIllegalTransition')
    })

    it('is announced once an attempt, and an announcement does not outlive it', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await announcePanic(grid, job)
      await expect(announcePanic(grid, job))
        .to.be.revertedWithCustomError(grid.jobs, 'JobIllegalTransition')
        .withArgs(job.id, statusNumber('RUNNING'), statusNumber('PANICKED'))
      await report(grid, job, 'PENDING')
      await assign(grid, job)
      await nextBlockIn(grid.config.parameters.panicDelay + 1)
      await expect(panic(grid, job)).to.be.revertedWithCustomError(grid.jobs, 'PanicNotAnnounced')
    })

    it('is the guardian’s alone', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const stranger = grid.jobs.connect(grid.actors.stranger)
      await expect(stranger.announcePanic([job.id], '')).to.be.revertedWithCustomError(
        grid.jobs,
        'AccessManagedUnauthorized',
      )
      await expect(stranger.panic([job.terms])).to.be.revertedWithCustomError(grid.jobs, 'AccessManagedUnauthorized')
    })
  })

  it('of penalties by a late provider itself leave the enforcer’s share with the treasury', async () => {
    const job = await driveTo(grid, 'META_SCHEDULED')
    await nextBlockIn(grid.config.parameters.acceptTimeout + 5)
    const changes = await changesBy(grid, () => report(grid, job, 'PENDING'))
    expect(changes).to.deep.equal(sumOf(closed(grid), penalised(grid.config.latePenalty, false)))
  })
})
