import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { depositWithPermit } from '../../../sdk/actions/depositWithPermit.ts'
import { getAllowance } from '../../../sdk/actions/getAllowance.ts'
import { getLedger } from '../../../sdk/actions/getLedger.ts'
import { getTransitions } from '../../../sdk/actions/getTransitions.ts'
import { quote } from '../../../sdk/actions/quote.ts'
import { costRoundedDown, cutRoundedDown } from '../../../sdk/domain/settlement.ts'
import { sendToJobs } from '../../../sdk/sendTransaction.ts'
import { SMALL_JOB, submitted } from '../jobs.ts'
import { CREDIT, type LocalGrid, localGrid, newAccount, PRICES } from '../localGrid.ts'

describe('getLedger', () => {
  let grid: LocalGrid
  before(async () => {
    grid = await localGrid()
  })

  it('shows where each credit of its parties is, before and after a job is paid', async () => {
    const customer = await grid.funded(20n * CREDIT)
    const provider = await grid.provider()
    const { id, request } = await submitted(customer)
    await depositWithPermit(customer, 9n * CREDIT)
    const parties = { accounts: [request.customer], providers: [provider.index], jobs: [id] }
    const before = await getLedger(customer, parties)
    expect(before).to.deep.include({ free: [9n * CREDIT], earnings: [0n], locked: [11n * CREDIT] })

    await grid.assign(request, provider)
    const { timestamp } = await customer.publicClient.getBlock()
    await grid.report(request, provider, { status: 'RUNNING', startedAt: Number(timestamp) })
    await grid.pass(30)
    await grid.report(request, provider, { status: 'FINISHED', startedAt: Number(timestamp), secondsUsed: 30 })
    const end = (await getTransitions(customer, id)).find((transition) => transition.kind === 'job-ended')
    const cost = costRoundedDown((11n * CREDIT) / 10n, 30, 11n * CREDIT)
    const cut = cutRoundedDown(cost, 20)
    expect(end).to.include({ status: 'FINISHED', cost, cut, refund: 11n * CREDIT - cost, secondsUsed: 30 })
    const after = await getLedger(customer, parties)
    expect(after).to.deep.include({ free: [20n * CREDIT - cost], earnings: [cost - cut], locked: [0n] })
    expect(after.protocolCut - before.protocolCut).to.equal(cut)
    expect(after.held).to.equal(before.held)
    // Others use the same grid: what is not these parties' stays the same.
    expect(after.rest).to.equal(before.rest)
    expect(await getLedger(customer, parties, before.block)).to.deep.equal(before)
  })

  it('leaves no rest where the parties are all there are', async () => {
    const alone = grid.client()
    const everything = await grid.everything()
    expect((await getLedger(alone, everything)).rest).to.equal(0n)
  })
})

describe('quote', () => {
  it('is what the provider’s prices make of the resources and the time', async () => {
    const grid = await localGrid()
    const provider = await grid.provider()
    const wanted = { ...SMALL_JOB, tasks: 2, cpusPerTask: 3, memPerCpu: 100, gpus: 1, timeLimit: 90 }
    const ratePerMinute = 6n * PRICES.cpuPerMinute + 600n * PRICES.memPerMinute + PRICES.gpuPerMinute
    const { room, ...quoted } = await quote(grid.client(), provider.index, wanted)
    expect(quoted).to.deep.equal({ provider: provider.index, ratePerMinute, budget: (ratePerMinute * 3n) / 2n })
    expect(room > 0n).to.equal(true)
    expect((await quote(grid.client(), 16_000_000, wanted)).room).to.equal(0n)
  })
})

describe('getAllowance', () => {
  it('is what the payer allowed, and nothing where it allowed nothing', async () => {
    const grid = await localGrid()
    const lab = await grid.funded(0n)
    const [payer, member] = [lab.wallet.account.address, newAccount().address]
    expect(await getAllowance(lab, payer, member)).to.deep.equal({ amount: 0n, until: 0 })
    await sendToJobs(lab, 'allow', [member, 5n * CREDIT, 2_000_000_000])
    expect(await getAllowance(lab, payer, member)).to.deep.equal({ amount: 5n * CREDIT, until: 2_000_000_000 })
  })
})
