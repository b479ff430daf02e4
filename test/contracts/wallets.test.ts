import { expect } from 'chai'
import type { BaseContract } from 'ethers'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { Hex } from '../../sdk/domain/job.ts'
import { expectConserved } from './support/books.ts'
import { ethers } from './support/chain.ts'
import { CREDIT } from './support/credit.ts'
import { driveTo } from './support/driveTo.ts'
import { expectSkipped } from './support/expectSkipped.ts'
import { type Grid, loadGrid } from './support/grid.ts'
import { newJob } from './support/requests.ts'
import { reportStruct, signReports, signRequest } from './support/signing.ts'
import { reportOf } from './support/steps.ts'

const MOODS = { honest: 0, eatsGas: 1, reverts: 2, answersShort: 3, answersLong: 4 } as const

describe('ERC-1271 wallets', () => {
  let grid: Grid
  let wallet: BaseContract
  let address: Hex
  const become = (mood: keyof typeof MOODS) => wallet.getFunction('become').send(MOODS[mood])

  beforeEach(async () => {
    grid = await loadGrid()
    wallet = await ethers.deployContract('TestWallet', [grid.actors.customer])
    address = (await wallet.getAddress()) as Hex
    await grid.credits.connect(grid.actors.payer).transfer(address, 1_000n * CREDIT)
    const act = wallet.getFunction('act')
    await act.send(grid.credits, grid.credits.interface.encodeFunctionData('approve', [address, 0n]))
    const approve = grid.credits.interface.encodeFunctionData('approve', [grid.deployment.jobs, 1_000n * CREDIT])
    await act.send(grid.credits, approve)
    await act.send(grid.jobs, grid.jobs.interface.encodeFunctionData('deposit', [1_000n * CREDIT]))
  })
  afterEach(() => expectConserved(grid))

  const signed = async () => {
    const job = await newJob(grid, { customer: address })
    const signature = await signRequest(grid.actors.customer, grid.domain, job)
    return { job, item: { request: job.request, proof: [], signature } }
  }
  const relayer = () => grid.jobs.connect(grid.actors.relayer)

  it('submit jobs under the signatures that they accept', async () => {
    const { job, item } = await signed()
    await expect(relayer().submit([item], [])).to.emit(grid.jobs, 'JobSubmitted')
    expect((await grid.jobs.jobOf(job.id)).status).to.equal(1n)
  })

  it('refuse what their owner did not sign', async () => {
    const { job, item } = await signed()
    const signature = await signRequest(grid.actors.stranger, grid.domain, job)
    await expect(relayer().submit([{ ...item, signature }], []))
      .to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
      .withArgs(address, job.id)
  })

  for (const mood of ['eatsGas', 'reverts', 'answersShort'] as const) {
    it(`are refused where they misbehave (${mood}), and the rest of the batch goes on`, async () => {
      await become(mood)
      const [bad, good] = [await signed(), await newJob(grid)]
      const signature = await signRequest(grid.actors.customer, grid.domain, good)
      const sent = await relayer().submit([bad.item, { request: good.request, proof: [], signature }], [])
      await expectSkipped(grid, sent, [{ id: bad.job.id, error: 'SignatureInvalid', args: [address, bad.job.id] }])
      expect((await grid.jobs.jobOf(good.id)).status).to.equal(1n)
      expect((await sent.wait())?.gasUsed).to.be.lessThan(500_000n)
    })
  }

  it('cannot make the caller pay for a long answer', async () => {
    await become('answersLong')
    const { item } = await signed()
    const receipt = await (await relayer().submit([item], [])).wait()
    expect(receipt?.gasUsed).to.be.lessThan(300_000n)
  })

  it('get their whole ration of gas or the transaction fails, so that no relayer can have an item skipped', async () => {
    const { item } = await signed()
    const needed = (150_000n * 64n) / 63n + 50_000n
    await expect(relayer().submit([item, item], [], { gasLimit: 200_000 }))
      .to.be.revertedWithCustomError(grid.jobs, 'GasTooLow')
      .withArgs((available: bigint) => available < needed, needed)
  })

  it('report as the signers of providers', async () => {
    const wallets = await ethers.deployContract('TestWallet', [grid.actors.alphaSigner])
    const contact = { signer: await wallets.getAddress(), encryptionKey: ethers.ZeroHash, endpoint: '' }
    const job = await driveTo(grid, 'META_SCHEDULED')
    await grid.providers.connect(grid.alpha.owner).setContact(grid.alpha.index, contact)
    const reports = [reportOf(job, 'SCHEDULED')]
    const signature = await signReports(grid.alpha.signer, grid.domain, grid.alpha.index, reports)
    const batch = { provider: grid.alpha.index, reports: reports.map(reportStruct), signature }
    await expect(relayer().report([batch], []))
      .to.emit(grid.jobs, 'JobScheduled')
      .withArgs(job.id, 1, 1)
  })
})
