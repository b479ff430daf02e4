import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { JobRequest } from '../../sdk/domain/job.ts'
import { REQUEST_LIMITS, REQUEST_TEXT_LIMITS } from '../../sdk/domain/resources.ts'
import { statusNumber } from '../../sdk/domain/status.ts'
import type { SignedRequestStruct } from '../../typechain-types/Jobs.ts'
import { changesBy, expectConserved } from './support/books.ts'
import { nextBlockAt, now } from './support/chain.ts'
import { CREDIT } from './support/credit.ts'
import { driveTo } from './support/driveTo.ts'
import { expectSkipped } from './support/expectSkipped.ts'
import { addressOf, type Grid, loadGrid } from './support/grid.ts'
import { merkleTree } from './support/merkle.ts'
import { newJob } from './support/requests.ts'
import { signJobArray, signRequest } from './support/signing.ts'
import { cancel, submit } from './support/steps.ts'

const HOUR = 3600

describe('submitting jobs', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  const relay = (...requests: SignedRequestStruct[]) => grid.jobs.connect(grid.actors.relayer).submit(requests, [])

  describe('limits of a request', () => {
    const wide = { budget: 9_000n * CREDIT }
    for (const [field, [least, most]] of Object.entries(REQUEST_LIMITS)) {
      it(`takes ${field} of ${least} and of ${most}`, async () => {
        for (const value of [least, most]) {
          const job = await newJob(grid, { [field]: value, budget: CREDIT })
          await expect(submit(grid, job)).to.emit(grid.jobs, 'JobSubmitted')
        }
      })
      it(`refuses ${field} beyond them, and says what they are`, async () => {
        const outside = [...(least > 0 ? [least - 1] : []), most + 1]
        for (const value of outside) {
          const job = await newJob(grid, { ...wide, [field]: value })
          await expect(submit(grid, job))
            .to.be.revertedWithCustomError(grid.jobs, 'RequestOutOfRange')
            .withArgs(field, value, least, most)
        }
      })
    }

    for (const [field, most] of Object.entries(REQUEST_TEXT_LIMITS)) {
      it(`takes ${field} of ${most} bytes and refuses one more`, async () => {
        const { request } = await newJob(grid)
        const withText = (length: number) => newJob(grid, { work: { ...request.work, [field]: 'x'.repeat(length) } })
        await expect(submit(grid, await withText(most))).to.emit(grid.jobs, 'JobSubmitted')
        await expect(submit(grid, await withText(most + 1)))
          .to.be.revertedWithCustomError(grid.jobs, 'RequestOutOfRange')
          .withArgs(field, most + 1, 0, most)
      })
    }

    it('refuses a budget of nothing', async () => {
      await expect(submit(grid, await newJob(grid, { budget: 0n })))
        .to.be.revertedWithCustomError(grid.jobs, 'RequestOutOfRange')
        .withArgs('budget', 0, 1, 2n ** 96n - 1n)
    })

    it('takes startBy from now to `maxWait` ahead, and nothing outside', async () => {
      const at = (await now()) + 100
      const { maxWait } = grid.config.parameters
      for (const startBy of [at, at + maxWait]) {
        const job = await newJob(grid, { startBy })
        await nextBlockAt(at)
        await expect(submit(grid, job)).to.emit(grid.jobs, 'JobSubmitted')
        grid = await loadGrid()
      }
      for (const startBy of [at - 1, at + maxWait + 1]) {
        const job = await newJob(grid, { startBy })
        await nextBlockAt(at)
        await expect(submit(grid, job))
          .to.be.revertedWithCustomError(grid.jobs, 'RequestOutOfRange')
          .withArgs('startBy', startBy, at, at + maxWait)
        grid = await loadGrid()
      }
    })
  })

  describe('credits', () => {
    it('locks the last wei of a free balance and not one more', async () => {
      const balance = await grid.jobs.balanceOf(grid.actors.customer)
      const tooMuch = await newJob(grid, { budget: balance + 1n })
      await expect(submit(grid, tooMuch))
        .to.be.revertedWithCustomError(grid.jobs, 'BalanceTooLow')
        .withArgs(grid.actors.customer, balance, balance + 1n)
      await submit(grid, await newJob(grid, { budget: balance }))
      expect(await grid.jobs.balanceOf(grid.actors.customer)).to.equal(0n)
    })

    it('takes the budget from a payer and out of its allowance, and a refund restores both', async () => {
      const job = await newJob(grid, { payer: addressOf(grid.actors.payer) })
      const { budget } = job.request
      expect(await changesBy(grid, () => submit(grid, job))).to.deep.equal({ payer: -budget, allowance: -budget })
      expect(await changesBy(grid, () => cancel(grid, job))).to.deep.equal({ payer: budget, allowance: budget })
    })

    it('needs no allowance where the payer is the customer itself', async () => {
      const job = await newJob(grid, { payer: addressOf(grid.actors.customer) })
      expect(await changesBy(grid, () => submit(grid, job))).to.deep.equal({ customer: -job.request.budget })
    })

    it('refuses more than the payer allows', async () => {
      const [{ payer, customer }, allowed] = [grid.actors, 79n * CREDIT]
      await grid.jobs.connect(payer).allow(customer, allowed, (await now()) + HOUR)
      await expect(submit(grid, await newJob(grid, { payer: addressOf(payer) })))
        .to.be.revertedWithCustomError(grid.jobs, 'AllowanceTooLow')
        .withArgs(payer, customer, allowed, 80n * CREDIT)
    })

    it('honours an allowance in its last second and refuses it after', async () => {
      const { payer, customer } = grid.actors
      const until = (await now()) + HOUR
      await grid.jobs.connect(payer).allow(customer, 500n * CREDIT, until)
      const [intime, late] = [
        await newJob(grid, { payer: addressOf(payer) }),
        await newJob(grid, { payer: addressOf(payer) }),
      ]
      await nextBlockAt(until)
      await expect(submit(grid, intime)).to.emit(grid.jobs, 'JobSubmitted')
      await expect(submit(grid, late))
        .to.be.revertedWithCustomError(grid.jobs, 'AllowanceEnded')
        .withArgs(payer, customer, until)
    })

    it('cannot spend what an account never allowed', async () => {
      const { oracle, customer } = grid.actors
      await expect(submit(grid, await newJob(grid, { payer: addressOf(oracle), budget: 1n })))
        .to.be.revertedWithCustomError(grid.jobs, 'BalanceTooLow')
        .withArgs(oracle, 0, 1)
      await grid.credits.connect(grid.actors.payer).transfer(oracle, CREDIT)
      await grid.credits.connect(oracle).approve(grid.jobs, CREDIT)
      await grid.jobs.connect(oracle).deposit(CREDIT)
      await expect(submit(grid, await newJob(grid, { payer: addressOf(oracle), budget: 1n })))
        .to.be.revertedWithCustomError(grid.jobs, 'AllowanceEnded')
        .withArgs(oracle, customer, 0)
    })

    it('never restores an allowance beyond what its type holds', async () => {
      const job = await newJob(grid, { payer: addressOf(grid.actors.payer) })
      await submit(grid, job)
      const most = 2n ** 96n - 1n
      await grid.jobs.connect(grid.actors.payer).allow(grid.actors.customer, most, await now())
      await cancel(grid, job)
      expect((await grid.jobs.allowanceOf(grid.actors.payer, grid.actors.customer)).amount).to.equal(most)
    })
  })

  describe('signatures', () => {
    const expectInvalid = async (signature: string, facts: Partial<JobRequest> = {}) => {
      const job = await newJob(grid, facts)
      await expect(relay({ request: job.request, proof: [], signature }))
        .to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
        .withArgs(job.request.customer, job.id)
    }
    const signatureBy = async (domain: Grid['domain']) => {
      const job = await newJob(grid)
      return { job, signature: await signRequest(grid.actors.customer, domain, job) }
    }
    const expectRefused = async ({ job, signature }: Awaited<ReturnType<typeof signatureBy>>) => {
      await expect(relay({ request: job.request, proof: [], signature }))
        .to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
        .withArgs(job.request.customer, job.id)
    }

    it('lets nobody but the customer send a request without one', () => expectInvalid('0x'))
    it('refuses noise', () => expectInvalid(`0x${'11'.repeat(65)}`))
    it('refuses the zero address as customer, which no signature is of', () =>
      expectInvalid(`0x${'00'.repeat(65)}`, { customer: `0x${'00'.repeat(20)}` }))

    it('refuses the signature of another request', async () => {
      const other = await newJob(grid)
      await expectInvalid(await signRequest(grid.actors.customer, grid.domain, other))
    })
    it('refuses somebody else’s', async () => {
      const job = await newJob(grid)
      await expectRefused({ job, signature: await signRequest(grid.actors.stranger, grid.domain, job) })
    })
    it('refuses one for another chain', async () => {
      await expectRefused(await signatureBy({ ...grid.domain, chainId: grid.domain.chainId + 1 }))
    })
    it('refuses one for another contract', async () => {
      await expectRefused(await signatureBy({ ...grid.domain, verifyingContract: grid.deployment.providers }))
    })
    it('refuses one that was cut short', async () => {
      const { job, signature } = await signatureBy(grid.domain)
      await expectRefused({ job, signature: signature.slice(0, -2) })
    })
    it('refuses the same signature mirrored (malleability)', async () => {
      const { job, signature } = await signatureBy(grid.domain)
      const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
      const [r, s, v] = [signature.slice(2, 66), BigInt(`0x${signature.slice(66, 130)}`), signature.slice(130)]
      const mirrored = `0x${r}${(order - s).toString(16).padStart(64, '0')}${v === '1b' ? '1c' : '1b'}`
      await expectRefused({ job, signature: mirrored })
    })
    it('takes a request once', async () => {
      const { job, signature } = await signatureBy(grid.domain)
      const item = { request: job.request, proof: [], signature }
      await relay(item)
      await expect(relay(item))
        .to.be.revertedWithCustomError(grid.jobs, 'JobIllegalTransition')
        .withArgs(job.id, statusNumber('PENDING'), statusNumber('PENDING'))
    })
    it('never takes a request that its customer revoked', async () => {
      const { job, signature } = await signatureBy(grid.domain)
      await cancel(grid, job)
      await expect(relay({ request: job.request, proof: [], signature }))
        .to.be.revertedWithCustomError(grid.jobs, 'JobIllegalTransition')
        .withArgs(job.id, statusNumber('CANCELLED'), statusNumber('PENDING'))
    })
  })

  describe('an array under one signature', () => {
    const array = async (count: number) => {
      const jobs = await Promise.all(Array.from({ length: count }, () => newJob(grid)))
      const { root, proofs } = merkleTree(jobs.map((job) => job.id))
      const signature = await signJobArray(grid.actors.customer, grid.domain, root)
      const items = jobs.map((job, index) => ({ request: job.request, proof: proofs[index] ?? [], signature }))
      return { jobs, items }
    }

    for (const count of [2, 3, 7]) {
      it(`submits ${count} jobs, together or one by one`, async () => {
        const { jobs, items } = await array(count)
        const [first, ...rest] = items
        if (first === undefined) throw new Error('the array is empty')
        await relay(first)
        await relay(...rest)
        for (const job of jobs) {
          expect((await grid.jobs.jobOf(job.id)).status).to.equal(BigInt(statusNumber('PENDING')))
        }
      })
    }

    it('does not cover a request outside the array', async () => {
      const { items } = await array(4)
      const other = await newJob(grid)
      const [item] = items
      await expect(
        relay({ request: other.request, proof: item?.proof ?? [], signature: item?.signature ?? '0x' }),
      ).to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
    })

    it('does not pass for the signature of one request', async () => {
      const { items } = await array(4)
      const [item] = items
      if (item === undefined) throw new Error('the array is empty')
      await expect(relay({ ...item, proof: [] })).to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
    })
  })

  describe('a batch', () => {
    it('skips each refused item with the error that it would revert with alone', async () => {
      const [good, unsigned, dear] = [
        await newJob(grid),
        await newJob(grid),
        await newJob(grid, { budget: 10n ** 24n }),
      ]
      const old = await driveTo(grid, 'PENDING')
      const sign = (job: typeof good) => signRequest(grid.actors.customer, grid.domain, job)
      const balance = (await grid.jobs.balanceOf(grid.actors.customer)) - good.request.budget
      const sent = await relay(
        { request: good.request, proof: [], signature: await sign(good) },
        { request: unsigned.request, proof: [], signature: '0x' },
        { request: dear.request, proof: [], signature: await sign(dear) },
        { request: old.request, proof: [], signature: await sign(old) },
      )
      const { address } = grid.actors.customer
      await expectSkipped(grid, sent, [
        { id: unsigned.id, error: 'SignatureInvalid', args: [address, unsigned.id] },
        { id: dear.id, error: 'BalanceTooLow', args: [address, balance, dear.request.budget] },
        { id: old.id, error: 'JobIllegalTransition', args: [old.id, 1, 1] },
      ])
      expect((await grid.jobs.jobOf(good.id)).status).to.equal(1n)
    })

    it('of nothing does nothing', async () => {
      expect(await changesBy(grid, () => relay())).to.deep.equal({})
    })
  })

  describe('a pause', () => {
    beforeEach(() => grid.jobs.connect(grid.actors.guardian).pauseRequests(true))

    it('refuses new requests and takes them again after it', async () => {
      const job = await newJob(grid)
      await expect(submit(grid, job)).to.be.revertedWithCustomError(grid.jobs, 'RequestsArePaused')
      expect(await grid.jobs.requestsPaused()).to.equal(true)
      await expect(grid.jobs.connect(grid.actors.guardian).pauseRequests(false))
        .to.emit(grid.jobs, 'RequestsPaused')
        .withArgs(false)
      await expect(submit(grid, job)).to.emit(grid.jobs, 'JobSubmitted')
    })

    it('leaves the jobs that exist alone: one goes on to its end and is paid', async () => {
      await grid.jobs.connect(grid.actors.guardian).pauseRequests(false)
      const job = await driveTo(grid, 'RUNNING')
      await grid.jobs.connect(grid.actors.guardian).pauseRequests(true)
      await expect(cancel(grid, job)).to.emit(grid.jobs, 'CancelRequested')
    })

    it('is the guardian’s alone to make', async () => {
      await expect(grid.jobs.connect(grid.actors.stranger).pauseRequests(true))
        .to.be.revertedWithCustomError(grid.jobs, 'AccessManagedUnauthorized')
        .withArgs(grid.actors.stranger)
    })
  })
})
