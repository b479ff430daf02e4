import { expect } from 'chai'
import type { BaseContract } from 'ethers'
import { beforeEach, describe, it } from 'mocha'
import { deployLibraries } from '../../../scripts/deployGrid.ts'
import { type Jobs, Jobs__factory, type Providers, Providers__factory } from '../../../typechain-types/index.ts'
import { ethers } from '../support/chain.ts'
import { CREDIT } from '../support/credit.ts'
import { type Grid, loadGrid } from '../support/grid.ts'

describe('a token that calls back in the middle of a transfer', () => {
  let grid: Grid
  let token: BaseContract
  let providers: Providers
  let jobs: Jobs

  beforeEach(async () => {
    grid = await loadGrid()
    const { actors, config, deployment } = grid
    token = await ethers.deployContract('HostileToken')
    const address = await token.getAddress()
    providers = await new Providers__factory(actors.admin).deploy(deployment.accessManager, address, 1n, 0n)
    const libraries = await deployLibraries(actors.admin)
    jobs = await new Jobs__factory(libraries, actors.admin).deploy(
      ...([deployment.accessManager, address, await providers.getAddress(), actors.treasury.address] as const),
      ...([config.minimums, config.parameters, config.latePenalty, config.silencePenalty] as const),
    )
    for (const spender of [jobs, providers]) {
      await token.getFunction('approve').send(await spender.getAddress(), ethers.MaxUint256)
    }
    const contact = { signer: actors.alphaSigner.address, encryptionKey: ethers.ZeroHash, endpoint: '' }
    await providers.register(contact, { name: '', url: '', region: '', software: '' })
    await providers.addStake(1, 10n * CREDIT)
    await providers.startUnbonding(1, 5n * CREDIT)
    await jobs.deposit(10n * CREDIT)
  })

  const callBack = (target: BaseContract, call: string, args: readonly unknown[]) =>
    token.getFunction('callBack').send(target, target.interface.encodeFunctionData(call, args))

  it('cannot enter Jobs again from any call that moves credits', async () => {
    const deposit = {
      owner: grid.actors.admin.address,
      amount: 1n,
      deadline: 0n,
      v: 27,
      r: ethers.ZeroHash,
      s: ethers.ZeroHash,
    }
    const calls = [
      ['deposit', [1n]],
      ['depositWithPermit', [[deposit]]],
      ['withdraw', [1n, grid.actors.admin.address]],
      ['withdrawEarnings', [1]],
      ['withdrawCut', []],
      ['submit', [[], []]],
      ['report', [[], []]],
      ['expire', [[]]],
    ] as const
    for (const [call, args] of calls) {
      await callBack(jobs, call, args)
      for (const outer of [jobs.deposit(1n), jobs.withdraw(1n, grid.actors.stranger)]) {
        await expect(outer, call).to.be.revertedWithCustomError(jobs, 'ReentrancyGuardReentrantCall')
      }
    }
  })

  it('cannot enter Providers again from any call that moves stake', async () => {
    for (const [call, args] of [
      ['addStake', [1, 1n]],
      ['withdrawStake', [1]],
      ['penalise', [1, 0n]],
    ] as const) {
      await callBack(providers, call, args)
      for (const outer of [providers.addStake(1, 1n), providers.withdrawStake(1)]) {
        await expect(outer, call).to.be.revertedWithCustomError(providers, 'ReentrancyGuardReentrantCall')
      }
    }
  })
})
