import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { Offer } from '../../sdk/domain/provider.ts'
import { statusNumber } from '../../sdk/domain/status.ts'
import { newJobs, submitAll } from './support/batches.ts'
import { changesBy, expectConserved } from './support/books.ts'
import { nextBlockAt } from './support/chain.ts'
import { CREDIT } from './support/credit.ts'
import { pass, sinceOf } from './support/deadlines.ts'
import { driveTo, SECONDS_RUN } from './support/driveTo.ts'
import { expectSkipped } from './support/expectSkipped.ts'
import { fund, type Grid, loadGrid, mutable, offerOf, type ProviderActor } from './support/grid.ts'
import { settled } from './support/money.ts'
import { type JobCase, newJob, rateAt } from './support/requests.ts'
import { assign, assignmentOf, assignSelf, report, SOURCE, submit } from './support/steps.ts'

const MOST_RATE = 2n ** 80n - 1n

describe('assigning jobs', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  const offer = (provider: ProviderActor, facts: Partial<Offer> = {}) =>
    grid.providers.connect(provider.owner).setOffer(provider.index, mutable(offerOf(provider.prices, facts)))
  const give = (...assignments: ReturnType<typeof assignmentOf>[]) =>
    grid.jobs.connect(grid.actors.oracle).assign(SOURCE, assignments)

  it('says what the plan followed from', async () => {
    const job = await driveTo(grid, 'PENDING')
    await expect(assign(grid, job))
      .to.emit(grid.jobs, 'Planned')
      .withArgs(SOURCE.snapshotBlock, SOURCE.policy, SOURCE.inputs)
  })

  it('is the oracle’s alone', async () => {
    const job = await driveTo(grid, 'PENDING')
    await expect(grid.jobs.connect(grid.actors.stranger).assign(SOURCE, [assignmentOf(job, grid.alpha)]))
      .to.be.revertedWithCustomError(grid.jobs, 'AccessManagedUnauthorized')
      .withArgs(grid.actors.stranger)
  })

  describe('the rate', () => {
    it('is fixed: a job is charged what it was assigned at, whatever the prices become', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await offer(grid.alpha, { prices: { cpuPerMinute: 900n * CREDIT, memPerMinute: 1n, gpuPerMinute: 1n } })
      await nextBlockAt((await sinceOf(grid, job)) + SECONDS_RUN)
      const changes = await changesBy(grid, () => report(grid, job, 'FINISHED', { secondsUsed: SECONDS_RUN }))
      expect(changes).to.deep.equal(settled(grid, job, SECONDS_RUN))
    })

    it('must be the one that the plan expected, lest a price was raised in between', async () => {
      const job = await driveTo(grid, 'PENDING')
      const expected = rateAt(grid.alpha, job)
      await offer(grid.alpha, { prices: { ...grid.alpha.prices, cpuPerMinute: grid.alpha.prices.cpuPerMinute + 1n } })
      await expect(assign(grid, job))
        .to.be.revertedWithCustomError(grid.jobs, 'RateChanged')
        .withArgs(job.id, expected, expected + 6n)
    })

    it('of zero is refused', async () => {
      const job = await newJob(grid, { gpus: 0 })
      await submit(grid, job)
      await offer(grid.alpha, { prices: { cpuPerMinute: 0n, memPerMinute: 0n, gpuPerMinute: 1n } })
      await expect(give({ ...assignmentOf(job, grid.alpha), expectedRate: 0n }))
        .to.be.revertedWithCustomError(grid.jobs, 'RateOutOfRange')
        .withArgs(job.id, 0)
    })

    it('beyond 80 bits is refused', async () => {
      const job = await newJob(grid, { tasks: 600, cpusPerTask: 1, gpus: 0 })
      await submit(grid, job)
      const cpuPerMinute = 2n ** 72n - 1n
      await offer(grid.alpha, { prices: { cpuPerMinute, memPerMinute: 0n, gpuPerMinute: 0n } })
      await expect(give({ ...assignmentOf(job, grid.alpha), expectedRate: MOST_RATE }))
        .to.be.revertedWithCustomError(grid.jobs, 'RateOutOfRange')
        .withArgs(job.id, 600n * cpuPerMinute)
    })

    it('of exactly 80 bits is taken', async () => {
      // The largest rate is 257 times this price, which has 72 bits.
      const cpuPerMinute = MOST_RATE / 257n
      await fund(grid, grid.actors.customer)
      await fund(grid, grid.actors.customer)
      const facts = { tasks: 1, cpusPerTask: 257, gpus: 0, timeLimit: 1, budget: MOST_RATE / 60n + 1n }
      const job = await newJob(grid, facts)
      await submit(grid, job)
      await offer(grid.alpha, { prices: { cpuPerMinute, memPerMinute: 0n, gpuPerMinute: 0n } })
      await give({ ...assignmentOf(job, grid.alpha), expectedRate: MOST_RATE })
      expect((await grid.jobs.jobOf(job.id)).rate).to.equal(MOST_RATE)
    })

    it('may use up the budget to the wei, and not one more', async () => {
      const least = (await newJob(grid)).request
      const needed = (rateAt(grid.alpha, await newJob(grid)) * BigInt(least.timeLimit) + 59n) / 60n
      const [enough, short] = [await newJob(grid, { budget: needed }), await newJob(grid, { budget: needed - 1n })]
      await submit(grid, enough)
      await submit(grid, short)
      await expect(assign(grid, enough)).to.emit(grid.jobs, 'JobAssigned')
      await expect(assign(grid, short))
        .to.be.revertedWithCustomError(grid.jobs, 'BudgetTooLow')
        .withArgs(short.id, needed - 1n, needed)
    })
  })

  describe('the provider', () => {
    it('must be the one that the request names, if it names one', async () => {
      const job = await newJob(grid, { provider: grid.beta.index })
      await submit(grid, job)
      await expect(assign(grid, job, grid.alpha))
        .to.be.revertedWithCustomError(grid.jobs, 'ProviderNotWanted')
        .withArgs(job.id, grid.beta.index, grid.alpha.index)
      await expect(assign(grid, job, grid.beta)).to.emit(grid.jobs, 'JobAssigned')
    })

    const expectNoRoom = async (job: JobCase) => {
      await expect(assign(grid, job))
        .to.be.revertedWithCustomError(grid.jobs, 'ProviderHasNoRoom')
        .withArgs(grid.alpha.index)
    }

    it('gets no job while it drains', async () => {
      const job = await driveTo(grid, 'PENDING')
      await grid.providers.connect(grid.alpha.owner).setDraining(grid.alpha.index, true)
      await expectNoRoom(job)
      await grid.providers.connect(grid.alpha.owner).setDraining(grid.alpha.index, false)
      await expect(assign(grid, job)).to.emit(grid.jobs, 'JobAssigned')
    })

    it('gets no job once it is banned, but ends those that it has', async () => {
      const [job, running] = [await driveTo(grid, 'PENDING'), await driveTo(grid, 'RUNNING')]
      await grid.providers.connect(grid.actors.approver).ban(grid.alpha.index, 'a reason')
      await expectNoRoom(job)
      await expect(report(grid, running, 'FINISHED')).to.emit(grid.jobs, 'JobEnded')
    })

    it('has at most maxOpenJobs at once', async () => {
      await offer(grid.alpha, { maxOpenJobs: 2 })
      await driveTo(grid, 'RUNNING')
      const second = await driveTo(grid, 'META_SCHEDULED')
      await expectNoRoom(await driveTo(grid, 'PENDING'))
      await report(grid, second, 'PENDING')
      await driveTo(grid, 'META_SCHEDULED')
    })

    it('must have free stake for the penalty of each job', async () => {
      const { minimumStake, silencePenalty } = grid.config
      const { stake } = await grid.providers.providerOf(grid.alpha.index)
      await grid.providers.connect(grid.alpha.owner).startUnbonding(grid.alpha.index, stake - minimumStake)
      await offer(grid.alpha, { maxOpenJobs: 1_000 })
      const covered = Number(minimumStake / silencePenalty)
      const jobs = await newJobs(grid, covered + 1, [grid.actors.customer], {
        budget: CREDIT,
        timeLimit: 1,
      })
      await submitAll(grid, jobs.slice(0, 100))
      await submitAll(grid, jobs.slice(100))
      await give(...jobs.slice(0, 100).map((job) => assignmentOf(job, grid.alpha)))
      const sent = await give(...jobs.slice(100).map((job) => assignmentOf(job, grid.alpha)))
      const [last] = jobs.slice(-1)
      if (last === undefined) throw new Error('there is no job')
      await expectSkipped(grid, sent, [{ id: last.id, error: 'ProviderHasNoRoom', args: [grid.alpha.index] }])
    })

    it('must keep the minimum stake', async () => {
      const job = await driveTo(grid, 'PENDING')
      const { stake } = await grid.providers.providerOf(grid.alpha.index)
      const owner = grid.providers.connect(grid.alpha.owner)
      await owner.startUnbonding(grid.alpha.index, stake - grid.config.minimumStake + 1n)
      await expectNoRoom(job)
      await owner.addStake(grid.alpha.index, 1n)
      await expect(assign(grid, job)).to.emit(grid.jobs, 'JobAssigned')
    })

    it('of index 0 takes no job', async () => {
      const job = await driveTo(grid, 'PENDING')
      await expect(give({ ...assignmentOf(job, grid.alpha), provider: 0 })).to.be.revertedWithCustomError(
        grid.jobs,
        'RateOutOfRange',
      )
    })
  })

  describe('the job', () => {
    it('is assigned until startBy and not a second later', async () => {
      const [intime, late] = [await driveTo(grid, 'PENDING'), await driveTo(grid, 'PENDING')]
      await nextBlockAt(intime.request.startBy)
      await expect(assign(grid, intime)).to.emit(grid.jobs, 'JobAssigned')
      await nextBlockAt(late.request.startBy + 1)
      await expect(assign(grid, late))
        .to.be.revertedWithCustomError(grid.jobs, 'StartByPassed')
        .withArgs(late.id, late.request.startBy)
    })

    it('has at least `requeueWindow` after a return, even past startBy', async () => {
      const [again, late] = [await driveTo(grid, 'META_SCHEDULED'), await driveTo(grid, 'META_SCHEDULED')]
      for (const job of [again, late]) {
        await nextBlockAt(job.request.startBy + 10)
        await report(grid, job, 'PENDING')
        const until = (await sinceOf(grid, job)) + grid.config.parameters.requeueWindow
        if (job === again) {
          await nextBlockAt(until)
          await expect(assign(grid, job)).to.emit(grid.jobs, 'JobAssigned')
          grid = await loadGrid()
          await submit(grid, late)
          await assign(grid, late)
          continue
        }
        await nextBlockAt(until + 1)
        await expect(assign(grid, job))
          .to.be.revertedWithCustomError(grid.jobs, 'StartByPassed')
          .withArgs(job.id, until)
      }
    })

    it('is given up after maxAttempts assignments', async () => {
      const job = await driveTo(grid, 'META_SCHEDULED')
      await report(grid, job, 'PENDING')
      await assign(grid, job, grid.beta)
      await report(grid, job, 'PENDING', { attempt: 2 }, grid.beta)
      await expect(assign(grid, job)).to.be.revertedWithCustomError(grid.jobs, 'AttemptsUsedUp').withArgs(job.id, 2)
    })
  })

  it('fills a batch for two providers in turns, counting each run of items', async () => {
    const jobs = await newJobs(grid, 5)
    await submitAll(grid, jobs)
    const order = [grid.alpha, grid.alpha, grid.beta, grid.alpha, grid.beta]
    const changes = await changesBy(grid, () =>
      give(...jobs.map((job, index) => assignmentOf(job, order[index] ?? grid.alpha))),
    )
    const { silencePenalty } = grid.config
    expect(changes).to.deep.equal({
      'alpha.open': 3n,
      'alpha.reserved': 3n * silencePenalty,
      'beta.open': 2n,
      'beta.reserved': 2n * silencePenalty,
    })
  })

  it('skips a bad item of a batch and goes on', async () => {
    const [good, wrong, done] = [
      await driveTo(grid, 'PENDING'),
      await driveTo(grid, 'PENDING'),
      await driveTo(grid, 'FINISHED'),
    ]
    const rate = rateAt(grid.alpha, wrong)
    const sent = await give(
      { ...assignmentOf(wrong, grid.alpha), expectedRate: rate + 1n },
      assignmentOf(done, grid.alpha),
      assignmentOf(good, grid.alpha),
    )
    await expectSkipped(grid, sent, [
      { id: wrong.id, error: 'RateChanged', args: [wrong.id, rate + 1n, rate] },
      {
        id: done.id,
        error: 'JobIllegalTransition',
        args: [done.id, statusNumber('FINISHED'), statusNumber('META_SCHEDULED')],
      },
    ])
    expect((await grid.jobs.jobOf(good.id)).status).to.equal(BigInt(statusNumber('META_SCHEDULED')))
  })

  describe('by the customer itself', () => {
    const waited = async () => {
      const job = await driveTo(grid, 'PENDING')
      await pass(grid, job, grid.config.parameters.oracleGrace)
      return job
    }

    it('must wait for the oracle: refused in the last second of `oracleGrace`', async () => {
      const job = await driveTo(grid, 'PENDING')
      const graceEnd = (await sinceOf(grid, job)) + grid.config.parameters.oracleGrace
      await nextBlockAt(graceEnd)
      await expect(assignSelf(grid, job))
        .to.be.revertedWithCustomError(grid.jobs, 'DeadlineNotPassed')
        .withArgs(job.id, graceEnd)
      await expect(assignSelf(grid, job)).to.emit(grid.jobs, 'JobAssigned')
    })

    it('is nobody else’s', async () => {
      const job = await waited()
      await expect(grid.jobs.connect(grid.actors.stranger).assignSelf(assignmentOf(job, grid.alpha)))
        .to.be.revertedWithCustomError(grid.jobs, 'NotJobCustomer')
        .withArgs(job.id, grid.actors.stranger)
    })

    it('goes only to providers that accept it', async () => {
      const job = await waited()
      await expect(assignSelf(grid, job, grid.beta))
        .to.be.revertedWithCustomError(grid.jobs, 'DirectJobsRefused')
        .withArgs(grid.beta.index)
    })

    it('earns nobody a penalty where the provider never takes the job', async () => {
      const job = await waited()
      await assignSelf(grid, job)
      await pass(grid, job, grid.config.parameters.acceptTimeout)
      const changes = await changesBy(grid, () => grid.jobs.connect(grid.actors.stranger).expire([job.terms]))
      expect(changes).to.deep.equal({ 'alpha.open': -1n, 'alpha.reserved': -grid.config.silencePenalty })
    })

    it('costs a provider nothing that refuses it late', async () => {
      const job = await waited()
      await assignSelf(grid, job)
      await pass(grid, job, grid.config.parameters.acceptTimeout)
      const changes = await changesBy(grid, () => report(grid, job, 'PENDING'))
      expect(changes).to.deep.equal({ 'alpha.open': -1n, 'alpha.reserved': -grid.config.silencePenalty })
    })

    it('is forgotten in the next attempt, which the oracle makes', async () => {
      const job = await waited()
      await assignSelf(grid, job)
      await report(grid, job, 'PENDING')
      await assign(grid, job)
      await pass(grid, job, grid.config.parameters.acceptTimeout)
      const changes = await changesBy(grid, () => grid.jobs.connect(grid.actors.stranger).expire([job.terms]))
      expect(changes['alpha.stake']).to.equal(-grid.config.latePenalty)
    })
  })
})
