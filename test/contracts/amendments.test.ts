import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { isLive, JOB_STATUSES, statusNumber } from '../../sdk/domain/status.ts'
import { changesBy, expectConserved } from './support/books.ts'
import { ethers, nextBlockAt, nextBlockIn, now } from './support/chain.ts'
import { CREDIT } from './support/credit.ts'
import { pass, sinceOf } from './support/deadlines.ts'
import { driveTo } from './support/driveTo.ts'
import { expectSkipped } from './support/expectSkipped.ts'
import { addressOf, type Grid, loadGrid } from './support/grid.ts'
import { closed, refunded, settled, sumOf } from './support/money.ts'
import { type JobCase, newJob, rateAt } from './support/requests.ts'
import { signCancel, signTopUp } from './support/signing.ts'
import { assign, cancel, report, submit, topUp } from './support/steps.ts'

const WITH_PROVIDER = ['META_SCHEDULED', 'SCHEDULED', 'RUNNING'] as const

describe('changing one’s mind', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  const relayer = () => grid.jobs.connect(grid.actors.relayer)
  const topUpDelegated = (job: JobCase, total: bigint) =>
    grid.jobs.connect(grid.actors.oracle).topUpDelegated([job.terms], [total])

  describe('a cancel request', () => {
    for (const status of WITH_PROVIDER) {
      it(`of a job that is ${status} moves nothing by itself, and counts once`, async () => {
        const job = await driveTo(grid, status)
        const sent = () => cancel(grid, job)
        expect(await changesBy(grid, sent)).to.deep.equal({})
        const notice = await grid.jobs.noticeOf(job.id)
        expect(notice.cancelRequestedAt).to.equal(BigInt(await now()))
        expect((await grid.jobs.jobOf(job.id)).status).to.equal(BigInt(statusNumber(status)))
        await expect(sent())
          .to.be.revertedWithCustomError(grid.jobs, 'JobIllegalTransition')
          .withArgs(job.id, statusNumber(status), statusNumber('CANCELLED'))
      })

      it(`ends a job that returns from ${status}, in the same transaction`, async () => {
        const job = await driveTo(grid, status)
        await expect(cancel(grid, job)).to.emit(grid.jobs, 'CancelRequested').withArgs(job.id, job.request.customer, 1)
        const sent = () => report(grid, job, 'PENDING')
        expect(await changesBy(grid, sent)).to.deep.equal(sumOf(refunded(job), closed(grid)))
        expect((await grid.jobs.jobOf(job.id)).status).to.equal(BigInt(statusNumber('CANCELLED')))
      })
    }

    it('does not rob a provider whose RUNNING was not mined yet: it is paid up to the request and its grace', async () => {
      const job = await driveTo(grid, 'META_SCHEDULED')
      const since = await sinceOf(grid, job)
      await nextBlockAt(since + 200)
      await cancel(grid, job)
      await nextBlockAt(since + 900)
      const sent = () => report(grid, job, 'FINISHED', { startedAt: since + 10, secondsUsed: 500 })
      const { cancelGrace } = grid.config.parameters
      expect(await changesBy(grid, sent)).to.deep.equal(settled(grid, job, 190 + cancelGrace))
    })

    it('charges nothing for what started after it and its grace', async () => {
      const job = await driveTo(grid, 'SCHEDULED')
      await cancel(grid, job)
      const startedAt = (await now()) + grid.config.parameters.cancelGrace
      await nextBlockAt(startedAt + 400)
      const sent = () => report(grid, job, 'FINISHED', { startedAt, secondsUsed: 300 })
      expect(await changesBy(grid, sent)).to.deep.equal(sumOf(refunded(job), closed(grid)))
    })

    it('is believed only with the customer’s signature', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const signature = await signCancel(grid.actors.stranger, grid.domain, job.id)
      for (const said of [signature, '0x']) {
        await expect(relayer().cancel([{ terms: job.terms, signature: said }]))
          .to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
          .withArgs(job.request.customer, (digest: string) => ethers.isHexString(digest, 32))
      }
    })

    it('in a batch is skipped where it is refused', async () => {
      const [ended, waiting] = [await driveTo(grid, 'FINISHED'), await driveTo(grid, 'PENDING')]
      const items = [ended, waiting].map((job) => ({ terms: job.terms, signature: '0x' }))
      const sent = await grid.jobs.connect(grid.actors.customer).cancel(items)
      const args = [ended.id, statusNumber('FINISHED'), statusNumber('CANCELLED')]
      await expectSkipped(grid, sent, [{ id: ended.id, error: 'JobIllegalTransition', args }])
      expect((await grid.jobs.jobOf(waiting.id)).status).to.equal(BigInt(statusNumber('CANCELLED')))
    })
  })

  describe('a top-up', () => {
    for (const status of JOB_STATUSES) {
      it(`of a job that is ${status} is ${isLive(status) ? 'taken' : 'refused'}`, async () => {
        const job = await driveTo(grid, status)
        const total = job.request.budget + 7n * CREDIT
        if (isLive(status)) {
          expect(await changesBy(grid, () => topUp(grid, job, total))).to.deep.equal({ customer: -7n * CREDIT })
          expect((await grid.jobs.jobOf(job.id)).budget).to.equal(total)
          return
        }
        await expect(topUp(grid, job, total))
          .to.be.revertedWithCustomError(grid.jobs, 'JobIllegalTransition')
          .withArgs(job.id, statusNumber(status), statusNumber(status))
      })
    }

    it('names the new total, so that sending it again changes nothing', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const total = job.request.budget + CREDIT
      const signature = await signTopUp(grid.actors.customer, grid.domain, job.id, total)
      const send = () => relayer().topUp([{ terms: job.terms, total, signature }])
      await expect(send()).to.emit(grid.jobs, 'JobToppedUp').withArgs(job.id, 1, total)
      await expect(send()).to.be.revertedWithCustomError(grid.jobs, 'TopUpNotHigher').withArgs(job.id, total, total)
    })

    it('is believed only with the customer’s signature of that total', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const signature = await signTopUp(grid.actors.customer, grid.domain, job.id, job.request.budget + 1n)
      await expect(
        relayer().topUp([{ terms: job.terms, total: job.request.budget + 2n, signature }]),
      ).to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
    })

    it('buys time: the job may run and is charged for longer', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const rate = rateAt(grid.alpha, job)
      const added = rate * 2n
      await topUp(grid, job, job.request.budget + added)
      await pass(grid, job, 1_000)
      const changes = await changesBy(grid, () => report(grid, job, 'OUT_OF_CREDITS', { secondsUsed: 1_000 }))
      const cost = (rate * 720n) / 60n
      expect(changes['customer']).to.equal(job.request.budget + added - cost)
      expect(changes['alpha.earnings']).to.equal(cost - (cost * 20n) / 1000n)
    })

    it('before the assignment buys no more than the budget pays at the rate that follows', async () => {
      const rate = rateAt(grid.alpha, await newJob(grid))
      const job = await newJob(grid, { budget: rate * 4n })
      await submit(grid, job)
      await topUp(grid, job, rate * 10n)
      await assign(grid, job)
      const startedAt = (await now()) + 1
      await nextBlockIn(700)
      const changes = await changesBy(grid, () => report(grid, job, 'OUT_OF_CREDITS', { startedAt, secondsUsed: 600 }))
      expect(changes['customer']).to.equal(undefined)
      expect(changes['alpha.earnings']).to.equal(rate * 10n - (rate * 10n * 20n) / 1000n)
    })

    it('comes from the payer, out of its allowance', async () => {
      const job = await newJob(grid, { payer: addressOf(grid.actors.payer) })
      await submit(grid, job)
      const changes = await changesBy(grid, () => topUp(grid, job, job.request.budget + CREDIT))
      expect(changes).to.deep.equal({ payer: -CREDIT, allowance: -CREDIT })
    })

    it('beyond the free balance is refused', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const balance = await grid.jobs.balanceOf(grid.actors.customer)
      await expect(topUp(grid, job, job.request.budget + balance + 1n))
        .to.be.revertedWithCustomError(grid.jobs, 'BalanceTooLow')
        .withArgs(grid.actors.customer, balance, balance + 1n)
    })
  })

  describe('a top-up by the oracle', () => {
    it('goes up to the customer’s own limit and not a wei beyond', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const limit = job.request.budget + job.request.topUpLimit
      await expect(topUpDelegated(job, limit + 1n))
        .to.be.revertedWithCustomError(grid.jobs, 'TopUpLimitExceeded')
        .withArgs(job.id, limit + 1n, limit)
      await expect(topUpDelegated(job, limit)).to.emit(grid.jobs, 'JobToppedUp').withArgs(job.id, 1, limit)
    })

    it('never lowers what the customer added itself', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const total = job.request.budget + 15n * CREDIT
      await topUp(grid, job, total)
      await expect(topUpDelegated(job, total - CREDIT))
        .to.be.revertedWithCustomError(grid.jobs, 'TopUpNotHigher')
        .withArgs(job.id, total - CREDIT, total)
    })

    it('is the oracle’s alone', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const { stranger } = grid.actors
      await expect(grid.jobs.connect(stranger).topUpDelegated([job.terms], [job.request.budget + 1n]))
        .to.be.revertedWithCustomError(grid.jobs, 'AccessManagedUnauthorized')
        .withArgs(stranger)
    })

    it('needs a total for each job', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await expect(grid.jobs.connect(grid.actors.oracle).topUpDelegated([job.terms], []))
        .to.be.revertedWithCustomError(grid.jobs, 'LengthMismatch')
        .withArgs(1, 0)
    })
  })

  describe('assigning again after a return', () => {
    it('forgets no cancel request: a later provider never sees the job', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await cancel(grid, job)
      await nextBlockIn(9)
      await report(grid, job, 'PENDING')
      await expect(assign(grid, job)).to.be.revertedWithCustomError(grid.jobs, 'JobIllegalTransition')
    })
  })
})
