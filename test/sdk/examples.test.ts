import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { zeroHash } from 'viem'
import { freshCustomer } from '../../scripts/demo/customer.ts'
import { actionsOf, sdkExamples, sdkManual } from '../../scripts/generate-sdk-docs.ts'
import { createJobRequest } from '../../sdk/actions/createJobRequest.ts'
import { signDepositPermit } from '../../sdk/actions/signDepositPermit.ts'
import { ContractRefused } from '../../sdk/contractError.ts'
import { workflowOf } from '../e2e/support.ts'
import { liveGrid } from '../liveGrid.ts'
import { EXAMPLES } from './examples.ts'
import { SMALL_JOB, submitted } from './jobs.ts'
import { CREDIT, type LocalGrid, localGrid, newAccount } from './localGrid.ts'
import type { World } from './world.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const folder = new URL('../../sdk/actions', import.meta.url).pathname

describe('docs/sdk.md', () => {
  it('has every action, with an example, as the doc comments say', () => {
    const actions = actionsOf(folder)
    const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''))
    expect(actions.map(({ name }) => name)).to.have.members(files)
    expect(read('docs/sdk.md')).to.equal(sdkManual(actions))
    expect(read('test/sdk/examples.ts')).to.equal(sdkExamples(actions))
  })
})

describe('the examples of the SDK', function () {
  this.timeout(120_000)
  const ran = new Set<string>()
  let local: LocalGrid
  let world: World
  /** Runs an example; the world gets what it makes. */
  const run = async <Name extends keyof typeof EXAMPLES>(name: Name, change: Partial<World> = {}) => {
    ran.add(name)
    return (await EXAMPLES[name]({ ...world, ...change } as never)) as Awaited<ReturnType<(typeof EXAMPLES)[Name]>>
  }
  const refusal = async (name: keyof typeof EXAMPLES, change: Partial<World> = {}): Promise<string> =>
    run(name, change).then(
      () => 'done',
      (error: unknown) => (error instanceof ContractRefused ? error.reason : String(error)),
    )

  before(async () => {
    local = await localGrid()
    const grid = await local.funded(10_000n * CREDIT)
    const account = grid.wallet.account.address
    const other = newAccount().address
    const job = await submitted(grid)
    const party = { account, customer: account, lab: account, member: other, signer: other }
    const sets = { accounts: [account], providers: [1], jobs: [job.id] }
    const request = await createJobRequest(grid, SMALL_JOB)
    const permit = await signDepositPermit(grid, request.budget)
    const made = { provider: 0, encryptionKey: zeroHash, definition: zeroHash, budget: CREDIT, permit }
    world = { grid, ...job, request, ...party, ...sets, ...made, yaml: workflowOf('echo example') }
  })

  it('take a provider from its registration to its leaving', async () => {
    const { provider } = await run('registerProvider')
    expect(provider).to.be.greaterThan(0)
    world = { ...world, provider }
    const admin = local.client(local.admin.account)
    await run('stake')
    await run('setOffer')
    await run('approveProvider', { grid: admin })
    expect((await run('getProvider')).offer?.maxOpenJobs).to.equal(16)
    await run('getContact')
    expect((await run('listProviders')).active.map(({ index }) => index)).to.include(provider)
    await run('drain')
    expect((await run('listProviders')).active.map(({ index }) => index)).not.to.include(provider)
    await run('resume')
    const { unbondsAt } = await run('unstake')
    expect(unbondsAt).to.be.greaterThan(0)
    expect(await refusal('withdrawStake')).to.equal('StillUnbonding')
    expect((await run('getEarnings')).earned).to.equal(0n)
    expect(await refusal('withdrawEarnings')).to.equal('AmountZero')
    await run('banProvider', { grid: admin })
    expect((await run('getSigner')).signer).to.match(/^0x/)
    await run('getContact')
  })

  it('move credits', async () => {
    await run('depositWithPermit')
    await run('deposit')
    await run('withdraw')
    await run('transferCredits')
    await run('allow')
    expect((await run('getAllowance')).amount).to.equal(100n * CREDIT)
    expect((await run('getBalances')).free).to.equal(19n * CREDIT)
    expect((await run('signDepositPermit')).permit.amount).to.equal(10n * CREDIT)
    expect((await run('getLedger')).conserved).to.be.a('boolean')
  })

  it('look at a job, lengthen it and cancel it', async () => {
    const provider = await local.provider()
    expect((await run('getJob')).status).to.equal('PENDING')
    expect((await run('getJobRequest')).request).to.deep.equal((await run('getJobRequest')).request)
    expect((await run('getSubmission')).customer).to.equal(world.account)
    expect((await run('getTransitions')).last?.to).to.equal('PENDING')
    expect((await run('listJobs')).running).to.deep.equal([])
    expect((await run('readGrid')).state.jobs.has(world.id)).to.equal(true)
    expect((await run('snapshotGrid')).jobs.map(({ id }) => id)).to.include(world.id)
    expect(await run('explainJob')).to.have.property('expectedStart')
    expect((await run('signJobRequest')).signed.signature).to.match(/^0x/)
    expect((await run('createJobRequest')).request.budget).to.equal(CREDIT)
    expect((await run('quote')).budget).to.be.a('bigint')
    expect(await refusal('expireJobs')).to.equal('DeadlineNotPassed')
    await run('depositWithPermit')
    await run('topUpJob')
    await run('cancelJob')
    expect((await run('getJob')).status).to.equal('CANCELLED')
    await run('watchJob')
    expect(provider.index).to.be.greaterThan(0)
    expect(await run('auditPlan')).to.have.property('findings')
  })

  it('run a job by the relay, with its definition and its log at the gateway', async () => {
    const grid = await liveGrid()
    const { client: own, address: account } = await freshCustomer(grid)
    await grid.mint(account, 10n * CREDIT)
    const at = { grid: own, account, customer: account }
    const { definition } = await run('putDefinition', at)
    const resources = { tasks: 1, cpusPerTask: 1, memPerCpu: 128, gpus: 0, timeLimit: 60 }
    const request = await createJobRequest(own, { ...resources, definition, budget: CREDIT })
    const permit = await signDepositPermit(own, CREDIT)
    const { id } = await run('submitJob', { ...at, request, permit })
    await run('followLogs', { ...at, id })
    expect((await run('readLog', { ...at, id })).text).to.equal('example\n')
    expect((await run('getManifest', { ...at, id })).isComplete).to.equal(true)
    expect((await run('verifyLogs', { ...at, id })).kind).to.equal('proved')
    expect((await run('searchJobs', at)).next).to.equal(null)
    // Other tests fail jobs on the same grid; this one's job finished.
    const failed = (await run('searchTransitions', at)).items
    expect(failed.filter(({ provider, to }) => provider !== 1 || to !== 'FAILED')).to.deep.equal([])
    expect(failed.map(({ job }) => job)).not.to.include(id)
    expect((await run('searchProviders', at)).items.map(({ index }) => index)).to.include(1)
    expect((await run('getTotals', at)).totals.submitted).to.equal(0)
    expect((await run('getQuotes', at)).quotes.map(({ provider }) => provider)).to.include(1)
    expect((await run('getExplanation', { ...at, id })).explanation).to.equal(null)
  })

  it('are all of them', () => {
    expect([...ran]).to.have.members(Object.keys(EXAMPLES))
  })
})
