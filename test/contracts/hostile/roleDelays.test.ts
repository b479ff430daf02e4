import { expect } from 'chai'
import { Contract } from 'ethers'
import { beforeEach, describe, it } from 'mocha'
import { deployGrid } from '../../../scripts/deployGrid.ts'
import { PUBLIC_CONFIG } from '../../../scripts/deploymentConfig.ts'
import { type Credits, Credits__factory, type Jobs, Jobs__factory } from '../../../typechain-types/index.ts'
import { type Account, ethers, networkHelpers, nextBlockIn } from '../support/chain.ts'

const DAY = 24 * 3600
const MANAGER = [
  'function schedule(address target, bytes data, uint48 when) returns (bytes32 operationId, uint32 nonce)',
  'error AccessManagerNotScheduled(bytes32 operationId)',
  'error AccessManagerNotReady(bytes32 operationId)',
]

interface PublicGrid {
  readonly manager: Contract
  readonly credits: Credits
  readonly jobs: Jobs
  readonly minter: Account
  readonly governor: Account
  readonly guardian: Account
}

async function publicGrid(): Promise<PublicGrid> {
  const [admin, minter, governor, guardian] = (await ethers.getSigners()) as unknown as [
    Account,
    Account,
    Account,
    Account,
  ]
  const holders = { minter: [minter.address], parameters: [governor.address], guardian: [guardian.address] }
  const deployment = await deployGrid(admin, 'public', PUBLIC_CONFIG, holders)
  return {
    manager: new Contract(deployment.accessManager, MANAGER, admin),
    credits: Credits__factory.connect(deployment.credits, minter),
    jobs: Jobs__factory.connect(deployment.jobs, governor),
    ...{ minter, governor, guardian },
  }
}

describe('on a grid for others, what can hurt is announced before it takes effect', () => {
  let grid: PublicGrid
  beforeEach(async () => {
    grid = await networkHelpers.loadFixture(publicGrid)
    await networkHelpers.mine()
  })

  const announce = (by: Account, target: Credits | Jobs, data: string) =>
    (grid.manager.connect(by) as Contract).getFunction('schedule').send(target, data, 0)

  it('credits are made a day after they were announced', async () => {
    const { credits, manager, minter } = grid
    const mint = () => credits.mint(minter, 1n)
    await expect(mint()).to.be.revertedWithCustomError(manager, 'AccessManagerNotScheduled')
    await announce(minter, credits, credits.interface.encodeFunctionData('mint', [minter.address, 1n]))
    await nextBlockIn(DAY - 10)
    await expect(mint()).to.be.revertedWithCustomError(manager, 'AccessManagerNotReady')
    await nextBlockIn(10)
    await mint()
    expect(await credits.balanceOf(minter)).to.equal(1n)
    await expect(mint()).to.be.revertedWithCustomError(manager, 'AccessManagerNotScheduled')
  })

  it('the treasury and the parameters change two days after they were announced', async () => {
    const { jobs, manager, governor } = grid
    const next = { ...PUBLIC_CONFIG.parameters }
    await expect(jobs.scheduleParameters(next)).to.be.revertedWithCustomError(manager, 'AccessManagerNotScheduled')
    const change = () => jobs.setTreasury(governor)
    await expect(change()).to.be.revertedWithCustomError(manager, 'AccessManagerNotScheduled')
    await announce(governor, jobs, jobs.interface.encodeFunctionData('setTreasury', [governor.address]))
    await nextBlockIn(2 * DAY - 10)
    await expect(change()).to.be.revertedWithCustomError(manager, 'AccessManagerNotReady')
    await nextBlockIn(10)
    await change()
    expect(await jobs.treasury()).to.equal(governor.address)
  })

  it('a pause of new requests needs no announcement: it hurts no job that exists', async () => {
    await grid.jobs.connect(grid.guardian).pauseRequests(true)
    expect(await grid.jobs.requestsPaused()).to.equal(true)
  })
})
