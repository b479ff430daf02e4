import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { deployGrid } from '../../scripts/deployGrid.ts'
import { type DeploymentConfig, LOCAL_CONFIG } from '../../scripts/deploymentConfig.ts'
import { IJobs__factory } from '../../typechain-types/index.ts'
import { changesBy, expectConserved } from './support/books.ts'
import { ethers, networkHelpers, nextBlockAt, nextBlockIn, now } from './support/chain.ts'
import { pass } from './support/deadlines.ts'
import { driveTo } from './support/driveTo.ts'
import { CONFIG, type Grid, loadGrid } from './support/grid.ts'
import { settled } from './support/money.ts'
import { report } from './support/steps.ts'

const MOST_SECONDS = 90 * 24 * 3600
const DEADLINES = [
  'acceptTimeout',
  'queueTimeout',
  'silenceTimeout',
  'reportGrace',
  'cancelGrace',
  'cancelTimeout',
  'oracleGrace',
  'requeueWindow',
  'maxWait',
  'panicDelay',
] as const

describe('parameters', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  const governor = () => grid.jobs.connect(grid.actors.governor)
  const longest = () => Math.max(...DEADLINES.map((name) => grid.config.parameters[name]))

  for (const name of DEADLINES) {
    it(`keep ${name} between its immutable minimum and 90 days`, async () => {
      const minimum = CONFIG.minimums[name]
      for (const value of [...(minimum > 0 ? [minimum - 1] : []), MOST_SECONDS + 1]) {
        await expect(governor().scheduleParameters({ ...CONFIG.parameters, [name]: value }))
          .to.be.revertedWithCustomError(grid.jobs, 'ParameterOutOfRange')
          .withArgs(name, value, minimum, MOST_SECONDS)
      }
      for (const value of [minimum, MOST_SECONDS]) {
        await expect(governor().scheduleParameters({ ...CONFIG.parameters, [name]: value })).to.emit(
          grid.jobs,
          'ParametersScheduled',
        )
      }
    })
  }

  it('keep the cut at or below a fifth', async () => {
    await expect(governor().scheduleParameters({ ...CONFIG.parameters, cutPermille: 201 }))
      .to.be.revertedWithCustomError(grid.jobs, 'ParameterOutOfRange')
      .withArgs('cutPermille', 201, 0, 200)
    await governor().scheduleParameters({ ...CONFIG.parameters, cutPermille: 200 })
  })

  it('wait longer than the longest deadline in force, to the second', async () => {
    const at = (await now()) + 10
    const effectiveAt = at + longest() + 1
    await nextBlockAt(at)
    await governor().scheduleParameters({ ...CONFIG.parameters, acceptTimeout: 77 })
    await nextBlockAt(effectiveAt - 1)
    await expect(grid.jobs.applyParameters())
      .to.be.revertedWithCustomError(grid.jobs, 'DeadlineNotPassed')
      .withArgs(ethers.ZeroHash, effectiveAt)
    await expect(grid.jobs.connect(grid.actors.stranger).applyParameters()).to.emit(grid.jobs, 'ParametersSet')
    expect((await grid.jobs.parameters()).acceptTimeout).to.equal(77n)
    expect((await grid.jobs.minimums()).acceptTimeout).to.equal(BigInt(CONFIG.minimums.acceptTimeout))
  })

  it('are applied once', async () => {
    await expect(grid.jobs.applyParameters()).to.be.revertedWithCustomError(grid.jobs, 'NoParametersScheduled')
    await governor().scheduleParameters(CONFIG.parameters)
    await nextBlockIn(longest() + 2)
    await grid.jobs.applyParameters()
    await expect(grid.jobs.applyParameters()).to.be.revertedWithCustomError(grid.jobs, 'NoParametersScheduled')
  })

  it('never touch the cut of a job that is assigned', async () => {
    await governor().scheduleParameters({ ...CONFIG.parameters, cutPermille: 200 })
    await networkHelpers.time.increase(longest() + 2)
    const job = await driveTo(grid, 'RUNNING')
    await grid.jobs.applyParameters()
    await pass(grid, job, 60)
    const changes = await changesBy(grid, () => report(grid, job, 'FINISHED', { secondsUsed: 60 }))
    expect(changes).to.deep.equal(settled(grid, job, 60))
  })

  it('and the treasury are the parameters role’s alone to change', async () => {
    const stranger = grid.jobs.connect(grid.actors.stranger)
    await expect(stranger.scheduleParameters(CONFIG.parameters)).to.be.revertedWithCustomError(
      grid.jobs,
      'AccessManagedUnauthorized',
    )
    await expect(stranger.setTreasury(grid.actors.stranger)).to.be.revertedWithCustomError(
      grid.jobs,
      'AccessManagedUnauthorized',
    )
  })
})

describe('the treasury', () => {
  it('can be another account, and never the zero address', async () => {
    const grid = await loadGrid()
    const governor = grid.jobs.connect(grid.actors.governor)
    await expect(governor.setTreasury(grid.actors.relayer))
      .to.emit(grid.jobs, 'TreasurySet')
      .withArgs(grid.actors.relayer)
    expect(await grid.jobs.treasury()).to.equal(grid.actors.relayer.address)
    await expect(governor.setTreasury(ethers.ZeroAddress)).to.be.revertedWithCustomError(grid.jobs, 'AddressZero')
  })
})

describe('deploying a grid', () => {
  const errors = IJobs__factory.connect(ethers.ZeroAddress)
  const deploy = async (config: Partial<DeploymentConfig>) => {
    const [signer] = await ethers.getSigners()
    if (signer === undefined) throw new Error('the chain has no account')
    return deployGrid(signer, 'test', { ...LOCAL_CONFIG, ...config }, {})
  }

  it('without a treasury is refused', async () => {
    await expect(deploy({ treasury: ethers.ZeroAddress })).to.be.revertedWithCustomError(errors, 'AddressZero')
  })
  it('with parameters below their own minimums is refused', async () => {
    const parameters = { ...LOCAL_CONFIG.parameters, acceptTimeout: 59 }
    await expect(deploy({ parameters }))
      .to.be.revertedWithCustomError(errors, 'ParameterOutOfRange')
      .withArgs('acceptTimeout', 59, 60, MOST_SECONDS)
  })
  it('with a late penalty above the one that is reserved is refused', async () => {
    await expect(deploy({ latePenalty: 6n, silencePenalty: 5n }))
      .to.be.revertedWithCustomError(errors, 'ParameterOutOfRange')
      .withArgs('latePenalty', 6, 0, 5)
  })
  it('is known by what it was deployed with', async () => {
    const grid = await loadGrid()
    expect(await grid.jobs.LATE_PENALTY()).to.equal(CONFIG.latePenalty)
    expect(await grid.jobs.SILENCE_PENALTY()).to.equal(CONFIG.silencePenalty)
    expect(await grid.providers.MINIMUM_STAKE()).to.equal(CONFIG.minimumStake)
    expect(await grid.providers.UNBONDING_DELAY()).to.equal(BigInt(CONFIG.unbondingDelay))
  })
})
