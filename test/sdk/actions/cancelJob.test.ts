import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import { cancelJob } from '../../../sdk/actions/cancelJob.ts'
import { createJobRequest } from '../../../sdk/actions/createJobRequest.ts'
import { getBalances } from '../../../sdk/actions/getBalances.ts'
import { getJob } from '../../../sdk/actions/getJob.ts'
import { submitJob } from '../../../sdk/actions/submitJob.ts'
import { ContractRefused } from '../../../sdk/contractError.ts'
import { SignerMismatch } from '../../../sdk/errors.ts'
import { SMALL_JOB, submitted } from '../jobs.ts'
import { CREDIT, type LocalGrid, localGrid } from '../localGrid.ts'
import { type LocalRelay, localRelay } from '../localRelay.ts'
import { refusalBy } from '../refusalBy.ts'

describe('cancelJob', () => {
  let grid: LocalGrid
  let relay: LocalRelay
  before(async () => {
    grid = await localGrid()
  })
  beforeEach(async () => {
    relay = await localRelay(grid)
  })
  afterEach(() => relay.close())

  for (const by of ['wallet', 'relay'] as const) {
    describe(`by the ${by}`, () => {
      it('cancels a job that waits, at once and with a full refund', async () => {
        const customer = await grid.funded(11n * CREDIT, { relayUrl: relay.url })
        const { id } = await submitted(customer)
        expect(await cancelJob(customer, id, { by })).to.include({ status: 'CANCELLED' })
        expect((await getBalances(customer, customer.wallet.account.address)).free).to.equal(11n * CREDIT)
      })

      it('asks the provider where the job is assigned', async () => {
        const customer = await grid.funded(11n * CREDIT, { relayUrl: relay.url })
        const { id, request } = await submitted(customer)
        await grid.assign(request, await grid.provider())
        expect(await cancelJob(customer, request, { by })).to.include({
          status: 'META_SCHEDULED',
          cancelRequested: true,
        })
        expect(await getJob(customer, id)).to.include({ cancelRequested: true, attempt: 1 })
      })
    })
  }

  it('revokes a request that was never sent, for ever', async () => {
    const customer = await grid.funded(11n * CREDIT)
    const request = await createJobRequest(customer, SMALL_JOB)
    expect(await cancelJob(customer, request)).to.include({ status: 'CANCELLED' })
    expect(await refusalBy(submitJob(customer, request))).to.include({ reason: 'JobIllegalTransition' })
  })

  it('refuses a job that is final, and one of somebody else', async () => {
    const customer = await grid.funded(11n * CREDIT)
    const { id } = await submitted(customer)
    expect(await refusalBy(cancelJob(grid.client(), id))).to.be.instanceOf(SignerMismatch)
    await cancelJob(customer, id)
    const refusal = await refusalBy(cancelJob(customer, id))
    expect(refusal).to.be.instanceOf(ContractRefused).and.include({ reason: 'JobIllegalTransition' })
  })
})
