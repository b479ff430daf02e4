import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import { depositWithPermit } from '../../../sdk/actions/depositWithPermit.ts'
import { getBalances } from '../../../sdk/actions/getBalances.ts'
import { topUpJob } from '../../../sdk/actions/topUpJob.ts'
import type { ContractRefused } from '../../../sdk/contractError.ts'
import { submitted } from '../jobs.ts'
import { CREDIT, type LocalGrid, localGrid } from '../localGrid.ts'
import { type LocalRelay, localRelay } from '../localRelay.ts'
import { refusalBy } from '../refusalBy.ts'

describe('topUpJob', () => {
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
    it(`raises the budget to the total, by the ${by}`, async () => {
      const customer = await grid.funded(20n * CREDIT, { relayUrl: relay.url })
      const { id } = await submitted(customer)
      await depositWithPermit(customer, 9n * CREDIT)
      expect(await topUpJob(customer, id, 15n * CREDIT, { by })).to.include({ status: 'PENDING', budget: 15n * CREDIT })
      expect((await getBalances(customer, customer.wallet.account.address)).free).to.equal(5n * CREDIT)
    })
  }

  it('refuses a total that is not higher, and one that nobody can pay', async () => {
    const customer = await grid.funded(11n * CREDIT)
    const { id } = await submitted(customer)
    const refusal = await refusalBy(topUpJob(customer, id, 11n * CREDIT))
    expect(refusal).to.include({ reason: 'TopUpNotHigher' })
    expect((refusal as ContractRefused).args).to.deep.equal([id, 11n * CREDIT, 11n * CREDIT])
    expect(await refusalBy(topUpJob(customer, id, 12n * CREDIT))).to.include({ reason: 'BalanceTooLow' })
  })
})
