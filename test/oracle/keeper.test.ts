import { expect } from 'chai'
import type { HDNodeWallet } from 'ethers'
import { after, before, beforeEach, describe, it } from 'mocha'
import { jobIdOf, termsOf } from '../../oracle/chain/hashes.ts'
import { earliestDeadline, type Timeouts } from '../../oracle/keeper.ts'
import { LOCAL_CONFIG } from '../../scripts/deploymentConfig.ts'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import { statusFromNumber } from '../../sdk/domain/status.ts'
import { CREDIT, startGateway, TestGrid, type TestProvider } from './support/testGrid.ts'
import { reportOf, signedCancel, signedReports, signedRequest, TestOracle } from './support/testOracle.ts'

const timeouts: Timeouts = LOCAL_CONFIG.parameters

describe('keeper', () => {
  let grid: TestGrid
  let oracle: TestOracle
  let provider: TestProvider
  let customer: HDNodeWallet
  let gateway: Awaited<ReturnType<typeof startGateway>>

  before(async function () {
    this.timeout(60_000)
    grid = await TestGrid.start()
    gateway = await startGateway()
    oracle = await TestOracle.start(grid, gateway.url)
    customer = await grid.customer(1000n * CREDIT)
  })

  beforeEach(async () => {
    provider = await grid.joinProvider()
  })

  after(async () => {
    await oracle?.stop()
    gateway?.stop()
    await grid?.stop()
  })

  async function submit(changes: Partial<JobRequest> = {}): Promise<{ id: Hex; request: JobRequest }> {
    const request = await grid.request(customer, { provider: provider.index, ...changes })
    const answer = await oracle.post('requests', await signedRequest(grid, customer, request))
    expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
    await oracle.turn(3)
    return { id: jobIdOf(grid.domain, termsOf(request)), request }
  }

  async function report(id: Hex, status: 'SCHEDULED' | 'RUNNING'): Promise<void> {
    const reports = await signedReports(grid, provider, [reportOf(id, status, { startedAt: await grid.now() })])
    const answer = await oracle.post('reports', reports)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(202)
    await oracle.turn()
  }

  const statusOf = async (id: Hex) => statusFromNumber((await grid.contracts.jobs.jobOf(id)).status)

  /** The guess is never later than the deadline of the contract; where nothing is unknown to the events, it is the same. */
  async function expectGuess(id: Hex, request: JobRequest, isExact: boolean): Promise<void> {
    const job = oracle.options.follower.state.jobs.get(id)
    if (job === undefined) throw new Error('the job is live')
    const lastSeen = oracle.options.follower.state.providers.get(job.provider)?.lastSeen ?? 0
    const [deadline] = await grid.contracts.jobs.deadlineOf(termsOf(request))
    const guess = earliestDeadline(job, lastSeen, timeouts)
    if (isExact) expect(guess).to.equal(Number(deadline))
    else expect(guess).to.be.at.most(Number(deadline))
  }

  it('gives a waiting job’s credits back once its startBy has passed', async () => {
    gateway.held.clear()
    const { id, request } = await submit()
    await expectGuess(id, request, true)
    await grid.passSeconds(3100)
    await oracle.turn(2)
    gateway.held.add(request.work.definition)
    expect(await statusOf(id)).to.equal('CANCELLED')
  })

  it('takes a job back from a provider that does not accept it', async () => {
    const { id, request } = await submit()
    expect(await statusOf(id)).to.equal('META_SCHEDULED')
    await expectGuess(id, request, true)
    await grid.passSeconds(timeouts.acceptTimeout - 30)
    await oracle.turn(2)
    expect(await statusOf(id)).to.equal('META_SCHEDULED')
    await grid.passSeconds(60)
    await oracle.turn(2)
    expect(await statusOf(id)).to.equal('PENDING')
  })

  it('takes a job back from a provider that fell silent', async () => {
    const { id, request } = await submit()
    await report(id, 'SCHEDULED')
    await expectGuess(id, request, false)
    await grid.passSeconds(timeouts.silenceTimeout + 30)
    await oracle.turn(2)
    expect(await statusOf(id)).to.equal('PENDING')
  })

  it('ends a running job whose final report does not come', async () => {
    const { id, request } = await submit({ maxAttempts: 1 })
    await report(id, 'RUNNING')
    await expectGuess(id, request, false)
    await grid.passSeconds(request.timeLimit + timeouts.reportGrace + 30)
    await oracle.turn(2)
    expect(await statusOf(id)).to.equal('PANICKED')
  })

  it('ends a job whose provider does not answer a cancel, and asks the chain again only when it is due', async () => {
    const { id, request } = await submit({ timeLimit: 3600, budget: 100n * CREDIT })
    await grid.passSeconds(250)
    await report(id, 'RUNNING')
    await (await grid.contracts.jobs.cancel([await signedCancel(grid, customer, id, termsOf(request))])).wait()
    await oracle.tick()
    await expectGuess(id, request, false)
    await grid.passSeconds(timeouts.cancelTimeout - 100)
    await oracle.turn(2)
    expect(await statusOf(id)).to.equal('RUNNING')
    await grid.passSeconds(200)
    await oracle.turn(2)
    expect(await statusOf(id)).to.equal('CANCELLED')
  })
})
