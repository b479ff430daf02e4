import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { changesBy, expectConserved } from './support/books.ts'
import { ethers, now } from './support/chain.ts'
import { CREDIT } from './support/credit.ts'
import { driveTo } from './support/driveTo.ts'
import { type Grid, loadGrid } from './support/grid.ts'
import { permitOf } from './support/permits.ts'
import { newJob } from './support/requests.ts'
import { signRequest } from './support/signing.ts'

describe('credits in and out', () => {
  let grid: Grid
  let unasked: bigint
  beforeEach(async () => {
    grid = await loadGrid()
    unasked = 0n
    await grid.credits.connect(grid.actors.payer).transfer(grid.actors.stranger, 50n * CREDIT)
  })
  afterEach(() => expectConserved(grid, unasked))

  const as = (actor: keyof Grid['actors']) => grid.jobs.connect(grid.actors[actor])
  const permits = (...items: Awaited<ReturnType<typeof permitOf>>[]) => as('relayer').depositWithPermit(items)

  it('come in by an approved deposit', async () => {
    await grid.credits.connect(grid.actors.stranger).approve(grid.jobs, 20n * CREDIT)
    const sent = () => as('stranger').deposit(20n * CREDIT)
    expect(await changesBy(grid, sent)).to.deep.equal({ stranger: 20n * CREDIT, held: 20n * CREDIT })
    await expect(sent()).to.be.revertedWithCustomError(grid.credits, 'ERC20InsufficientAllowance')
  })

  it('that a stranger sent unasked belong to nobody', async () => {
    unasked = 5n * CREDIT
    await grid.credits.connect(grid.actors.stranger).transfer(grid.jobs, unasked)
  })

  it('leave to whomever their owner names', async () => {
    const sent = as('customer').withdraw(30n * CREDIT, grid.actors.relayer)
    await expect(sent)
      .to.emit(grid.jobs, 'Withdrawn')
      .withArgs(grid.actors.customer, grid.actors.relayer, 30n * CREDIT)
    expect(await grid.credits.balanceOf(grid.actors.relayer)).to.equal(30n * CREDIT)
  })

  it('leave only so far as they are free', async () => {
    await driveTo(grid, 'RUNNING')
    const balance = await grid.jobs.balanceOf(grid.actors.customer)
    await expect(as('customer').withdraw(balance + 1n, grid.actors.customer))
      .to.be.revertedWithCustomError(grid.jobs, 'BalanceTooLow')
      .withArgs(grid.actors.customer, balance, balance + 1n)
    await as('customer').withdraw(balance, grid.actors.customer)
  })

  it('never move in amounts of zero', async () => {
    const nothing = await permitOf(grid, grid.actors.stranger, 0n)
    const refusals = [
      () => as('customer').deposit(0n),
      () => as('customer').withdraw(0n, grid.actors.customer),
      () => as('stranger').withdrawEarnings(1),
      () => as('stranger').withdrawCut(),
      () => permits(nothing),
    ]
    for (const refusal of refusals) await expect(refusal()).to.be.revertedWithCustomError(grid.jobs, 'AmountZero')
  })

  it('never leave to the zero address, which allows nothing either', async () => {
    await expect(as('customer').withdraw(1n, ethers.ZeroAddress)).to.be.revertedWithCustomError(
      grid.jobs,
      'AddressZero',
    )
    await expect(as('payer').allow(ethers.ZeroAddress, 1n, 1)).to.be.revertedWithCustomError(grid.jobs, 'AddressZero')
  })

  it('that a provider earned go to its owner, whoever asks, and once', async () => {
    await driveTo(grid, 'FINISHED')
    const earned = await grid.jobs.earningsOf(1)
    const before = await grid.credits.balanceOf(grid.alpha.owner)
    await expect(as('stranger').withdrawEarnings(1))
      .to.emit(grid.jobs, 'EarningsWithdrawn')
      .withArgs(1, grid.alpha.owner, earned)
    expect((await grid.credits.balanceOf(grid.alpha.owner)) - before).to.equal(earned)
    await expect(as('stranger').withdrawEarnings(1)).to.be.revertedWithCustomError(grid.jobs, 'AmountZero')
  })

  it('that the protocol cut go to the treasury, whoever asks, and once', async () => {
    await driveTo(grid, 'FINISHED')
    const cut = await grid.jobs.protocolCut()
    await expect(as('stranger').withdrawCut()).to.emit(grid.jobs, 'CutWithdrawn').withArgs(grid.actors.treasury, cut)
    expect(await grid.credits.balanceOf(grid.actors.treasury)).to.equal(cut)
    expect(await grid.jobs.protocolCut()).to.equal(0n)
  })

  describe('by permit', () => {
    it('come in for their owner, whoever sends it', async () => {
      const permit = await permitOf(grid, grid.actors.stranger, 20n * CREDIT)
      const changes = await changesBy(grid, () => permits(permit))
      expect(changes).to.deep.equal({ stranger: 20n * CREDIT, held: 20n * CREDIT })
    })

    it('come in although somebody else sent the permit first', async () => {
      const permit = await permitOf(grid, grid.actors.stranger, 20n * CREDIT)
      const { owner, amount, deadline, v, r, s } = permit
      await grid.credits.connect(grid.actors.relayer).permit(owner, grid.jobs, amount, deadline, v, r, s)
      await expect(permits(permit)).to.emit(grid.jobs, 'Deposited').withArgs(owner, amount)
      await expect(permits(permit))
        .to.be.revertedWithCustomError(grid.jobs, 'AllowanceTooLow')
        .withArgs(owner, grid.jobs, 0, amount)
    })

    it('are refused past its deadline and for another amount', async () => {
      const late = await permitOf(grid, grid.actors.stranger, CREDIT, BigInt((await now()) - 1))
      const other = { ...(await permitOf(grid, grid.actors.stranger, CREDIT)), amount: 2n * CREDIT }
      for (const permit of [late, other]) {
        await expect(permits(permit)).to.be.revertedWithCustomError(grid.jobs, 'AllowanceTooLow')
      }
    })

    it('are refused beyond what the owner has', async () => {
      const permit = await permitOf(grid, grid.actors.stranger, 51n * CREDIT)
      await expect(permits(permit))
        .to.be.revertedWithCustomError(grid.jobs, 'BalanceTooLow')
        .withArgs(grid.actors.stranger, 50n * CREDIT, 51n * CREDIT)
    })

    it('are never refused for want of gas: the transaction fails instead', async () => {
      const permit = await permitOf(grid, grid.actors.stranger, CREDIT)
      await expect(as('relayer').depositWithPermit([permit, permit], { gasLimit: 150_000 }))
        .to.be.revertedWithCustomError(grid.jobs, 'GasTooLow')
        .withArgs((available: bigint) => available < 150_000n, 150_000)
    })

    it('in a batch are skipped where they are refused', async () => {
      const bad = { ...(await permitOf(grid, grid.actors.payer, CREDIT)), v: 5, amount: 10n ** 27n }
      const good = await permitOf(grid, grid.actors.stranger, CREDIT)
      const sent = await permits(bad, good)
      const balance = await grid.credits.balanceOf(grid.actors.payer)
      const reason = grid.jobs.interface.encodeErrorResult('BalanceTooLow', [bad.owner, balance, bad.amount])
      await expect(sent).to.emit(grid.jobs, 'DepositSkipped').withArgs(grid.actors.payer, grid.actors.relayer, reason)
      await expect(sent).to.emit(grid.jobs, 'Deposited').withArgs(grid.actors.stranger, CREDIT)
    })

    it('pay for jobs of the same transaction, without a native coin of the customer', async () => {
      const job = await newJob(grid, { customer: grid.actors.stranger.address as `0x${string}`, budget: 20n * CREDIT })
      const signature = await signRequest(grid.actors.stranger, grid.domain, job)
      const permit = await permitOf(grid, grid.actors.stranger, 20n * CREDIT)
      await as('relayer').submit([{ request: job.request, proof: [], signature }], [permit])
      expect((await grid.jobs.jobOf(job.id)).budget).to.equal(20n * CREDIT)
    })

    it('fail no other job of a batch that brings along one bad permit', async () => {
      const jobs = [await newJob(grid), await newJob(grid)]
      const items = await Promise.all(
        jobs.map(async (job) => ({
          request: job.request,
          proof: [],
          signature: await signRequest(grid.actors.customer, grid.domain, job),
        })),
      )
      const bad = { ...(await permitOf(grid, grid.actors.stranger, CREDIT)), v: 5 }
      const sent = await as('relayer').submit(items, [bad])
      await expect(sent).to.emit(grid.jobs, 'DepositSkipped')
      for (const job of jobs) expect((await grid.jobs.jobOf(job.id)).status).to.equal(1n)
    })

    it('that are bad tell the only job of a call why', async () => {
      const job = await newJob(grid)
      const signature = await signRequest(grid.actors.customer, grid.domain, job)
      const bad = { ...(await permitOf(grid, grid.actors.stranger, CREDIT)), v: 5 }
      await expect(
        as('relayer').submit([{ request: job.request, proof: [], signature }], [bad]),
      ).to.be.revertedWithCustomError(grid.jobs, 'AllowanceTooLow')
    })
  })
})

describe('Credits', () => {
  it('are made by the minter role alone', async () => {
    const grid = await loadGrid()
    await expect(grid.credits.connect(grid.actors.stranger).mint(grid.actors.stranger, 1n))
      .to.be.revertedWithCustomError(grid.credits, 'AccessManagedUnauthorized')
      .withArgs(grid.actors.stranger)
  })
})
