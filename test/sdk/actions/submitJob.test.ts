import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import { freePort } from '../../../scripts/grid/freePort.ts'
import { createJobRequest } from '../../../sdk/actions/createJobRequest.ts'
import { depositWithPermit } from '../../../sdk/actions/depositWithPermit.ts'
import { getBalances } from '../../../sdk/actions/getBalances.ts'
import { getJob } from '../../../sdk/actions/getJob.ts'
import { getJobRequest } from '../../../sdk/actions/getJobRequest.ts'
import { getSubmission } from '../../../sdk/actions/getSubmission.ts'
import { signDepositPermit } from '../../../sdk/actions/signDepositPermit.ts'
import { signJobRequest } from '../../../sdk/actions/signJobRequest.ts'
import { submitJob } from '../../../sdk/actions/submitJob.ts'
import { ContractRefused } from '../../../sdk/contractError.ts'
import {
  JobUnknown,
  ServiceRefused,
  ServiceUnreachable,
  SignerMismatch,
  TimedOut,
  WrongChain,
} from '../../../sdk/errors.ts'
import { jobId } from '../../../sdk/jobId.ts'
import { SMALL_JOB } from '../jobs.ts'
import { CREDIT, type LocalGrid, localGrid, newAccount } from '../localGrid.ts'
import { type LocalRelay, localRelay } from '../localRelay.ts'
import { refusalBy } from '../refusalBy.ts'

describe('submitJob', () => {
  let grid: LocalGrid
  before(async () => {
    grid = await localGrid()
  })

  describe('by the wallet', () => {
    it('locks the budget and returns the id that the contract gave', async () => {
      const customer = await grid.funded(20n * CREDIT)
      const account = customer.wallet.account.address
      await depositWithPermit(customer, 15n * CREDIT)
      const request = await createJobRequest(customer, SMALL_JOB)
      const { id, block, transaction } = await submitJob(customer, request)
      expect(id).to.equal(jobId(grid.deployment, request))
      expect(await getBalances(customer, account)).to.deep.equal({ wallet: 5n * CREDIT, free: 4n * CREDIT })
      expect(await getJob(customer, id)).to.include({
        status: 'PENDING',
        attempt: 0,
        provider: 0,
        budget: 11n * CREDIT,
      })
      const submission = await getSubmission(customer, id)
      expect(submission?.place).to.include({ block, transaction })
      expect(submission?.request).to.deep.equal(request)
      expect(await getJobRequest(customer, id)).to.deep.equal(request)
    })

    it('deposits by permit in the same transaction', async () => {
      const customer = await grid.funded(11n * CREDIT)
      const request = await createJobRequest(customer, SMALL_JOB)
      const { id } = await submitJob(customer, request, { permit: await signDepositPermit(customer, request.budget) })
      expect((await getJob(customer, id))?.status).to.equal('PENDING')
      expect(await getBalances(customer, customer.wallet.account.address)).to.deep.equal({ wallet: 0n, free: 0n })
    })

    it('fills in what a wanted job leaves out, and makes equal wishes distinct', async () => {
      const customer = grid.client()
      const [one, two] = await Promise.all([
        createJobRequest(customer, SMALL_JOB),
        createJobRequest(customer, SMALL_JOB),
      ])
      const { startBy, work, ...terms } = one
      const { timestamp } = await customer.publicClient.getBlock()
      expect(terms).to.include({
        customer: customer.wallet.account.address,
        provider: 0,
        topUpLimit: 0n,
        maxAttempts: 3,
        gpus: 0,
      })
      expect(terms.payer).to.equal(`0x${'0'.repeat(40)}`)
      expect(startBy - Number(timestamp)).to.be.within(3_590, 3_600)
      expect(work.salt).not.to.equal(two.work.salt)
      expect(jobId(grid.deployment, one)).not.to.equal(jobId(grid.deployment, two))
    })

    describe('refuses with the contract’s own error and changes nothing', () => {
      it('when the balance is too low', async () => {
        const customer = await grid.funded(0n)
        const request = await createJobRequest(customer, SMALL_JOB)
        const refusal = await refusalBy(submitJob(customer, request))
        expect(refusal)
          .to.be.instanceOf(ContractRefused)
          .and.include({ code: 'CONTRACT_REFUSED', reason: 'BalanceTooLow' })
        expect((refusal as ContractRefused).args).to.deep.equal([request.customer, 0n, 11n * CREDIT])
        expect((refusal as ContractRefused).message).to.match(/Deposit credits, or lower the budget\.$/)
        expect(await getJob(customer, jobId(grid.deployment, request))).to.equal(undefined)
      })

      it('when the same request comes twice', async () => {
        const customer = await grid.funded(30n * CREDIT)
        await depositWithPermit(customer, 30n * CREDIT)
        const request = await createJobRequest(customer, SMALL_JOB)
        const { id } = await submitJob(customer, request)
        const refusal = await refusalBy(submitJob(customer, request))
        expect(refusal).to.include({ reason: 'JobIllegalTransition' })
        expect((refusal as ContractRefused).args).to.deep.equal([id, 1, 1])
        expect((await getBalances(customer, request.customer)).free).to.equal(19n * CREDIT)
      })

      it('when a resource is absurd', async () => {
        const customer = await grid.funded(0n)
        const request = await createJobRequest(customer, { ...SMALL_JOB, tasks: 1_000_001 })
        const refusal = await refusalBy(submitJob(customer, request))
        expect(refusal).to.include({ reason: 'RequestOutOfRange' })
        expect((refusal as ContractRefused).args).to.deep.equal(['tasks', 1_000_001n, 1n, 1_000_000n])
      })

      it('when more is deposited than the account holds', async () => {
        const customer = await grid.funded(CREDIT)
        const account = customer.wallet.account.address
        const refusal = await refusalBy(depositWithPermit(customer, 2n * CREDIT))
        expect(refusal).to.include({ reason: 'BalanceTooLow' })
        expect((refusal as ContractRefused).args).to.deep.equal([account, CREDIT, 2n * CREDIT])
        expect(await getBalances(customer, account)).to.deep.equal({ wallet: CREDIT, free: 0n })
      })

      it('when the permit has expired', async () => {
        const customer = await grid.funded(11n * CREDIT)
        const request = await createJobRequest(customer, SMALL_JOB)
        const permit = await signDepositPermit(customer, request.budget, 1n)
        const refusal = await refusalBy(submitJob(customer, request, { permit }))
        expect(refusal).to.be.instanceOf(ContractRefused)
        expect((await getBalances(customer, request.customer)).wallet).to.equal(11n * CREDIT)
      })
    })

    it('refuses another customer’s request before anything is signed', async () => {
      const request = await createJobRequest(grid.client(), SMALL_JOB)
      const refusal = await refusalBy(submitJob(grid.client(), request))
      expect(refusal).to.be.instanceOf(SignerMismatch).and.include({ expected: request.customer })
      expect(await refusalBy(signJobRequest(grid.client(), request))).to.be.instanceOf(SignerMismatch)
    })

    it('refuses a wallet on another chain', async () => {
      const customer = await grid.funded(0n)
      const elsewhere = { ...customer, deployment: { ...grid.deployment, chainId: 5 } }
      const request = await createJobRequest(elsewhere, SMALL_JOB)
      const refusal = await refusalBy(submitJob(elsewhere, request))
      expect(refusal).to.be.instanceOf(WrongChain).and.include({ of: 'wallet', expected: 5, actual: 31_337 })
    })
  })

  describe('by the relay', () => {
    let relay: LocalRelay
    beforeEach(async () => {
      relay = await localRelay(grid)
    })
    afterEach(() => relay.close())

    /** Credits in hand, and no native coin for gas. */
    async function penniless(credits: bigint) {
      const account = newAccount()
      const hash = await grid.mint(account.address, credits)
      const customer = grid.client(account, { relayUrl: relay.url })
      await customer.publicClient.waitForTransactionReceipt({ hash })
      expect(await customer.publicClient.getBalance({ address: account.address })).to.equal(0n)
      return customer
    }

    it('submits for a customer who has no native coin, and waits until the chain shows it', async () => {
      const customer = await penniless(11n * CREDIT)
      const request = await createJobRequest(customer, SMALL_JOB)
      const permit = await signDepositPermit(customer, request.budget)
      const { id, transaction, block } = await submitJob(customer, request, { by: 'relay', permit })
      expect((await getJob(customer, id))?.status).to.equal('PENDING')
      expect((await getSubmission(customer, id))?.place).to.include({ transaction, block })
    })

    it('sends amounts as decimal text', async () => {
      const customer = await penniless(11n * CREDIT)
      const request = await createJobRequest(customer, { ...SMALL_JOB, salt: 2n ** 64n - 1n })
      await submitJob(customer, request, { by: 'relay', permit: await signDepositPermit(customer, request.budget) })
      expect(relay.received[0]).to.have.nested.property('message.request.budget', '11000000000000000000')
      expect(relay.received[0]).to.have.nested.property('message.request.work.salt', '18446744073709551615')
      expect(relay.received[0]).to.have.nested.property('message.permit.v').that.is.oneOf([27, 28])
    })

    it('says why the relay gave a request up', async () => {
      const customer = await penniless(0n)
      const request = await createJobRequest(customer, SMALL_JOB)
      const refusal = await refusalBy(submitJob(customer, request, { by: 'relay' }))
      expect(refusal)
        .to.be.instanceOf(ServiceRefused)
        .and.include({ code: 'SERVICE_REFUSED', reason: 'SIMULATION_FAILED' })
      expect((refusal as Error).message).to.include('BalanceTooLow')
    })

    it('gives up waiting in time, and when it is told to', async () => {
      relay.hold()
      const customer = await penniless(0n)
      const request = await createJobRequest(customer, SMALL_JOB)
      const refusal = await refusalBy(submitJob(customer, request, { by: 'relay', timeoutSeconds: 0.1 }))
      expect(refusal).to.be.instanceOf(TimedOut).and.include({ code: 'TIMED_OUT', seconds: 0.1 })
      const reason = new Error('enough')
      const call = submitJob(customer, request, { by: 'relay', signal: AbortSignal.abort(reason) })
      expect(await refusalBy(call)).to.equal(reason)
    })

    it('names a relay that does not answer', async () => {
      const url = `http://127.0.0.1:${await freePort()}`
      const customer = grid.client(newAccount(), { relayUrl: url })
      const refusal = await refusalBy(submitJob(customer, await createJobRequest(customer, SMALL_JOB), { by: 'relay' }))
      expect(refusal)
        .to.be.instanceOf(ServiceUnreachable)
        .and.include({ code: 'SERVICE_UNREACHABLE', service: 'relay' })
      expect((refusal as Error).message).to.include(url)
    })
  })
})

describe('getJobRequest', () => {
  it('refuses an id that no job has', async () => {
    const id = `0x${'ab'.repeat(32)}` as const
    const reader = (await localGrid()).client()
    expect(await refusalBy(getJobRequest(reader, id)))
      .to.be.instanceOf(JobUnknown)
      .and.include({ code: 'JOB_UNKNOWN', id })
    expect(await getJob(reader, id)).to.equal(undefined)
  })
})
