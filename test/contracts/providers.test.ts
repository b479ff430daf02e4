import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { ROLES } from '../../scripts/roles.ts'
import { expectConserved } from './support/books.ts'
import { ethers, networkHelpers, nextBlockAt, nextBlockIn, now } from './support/chain.ts'
import { CREDIT } from './support/credit.ts'
import { passSilence } from './support/deadlines.ts'
import { driveTo } from './support/driveTo.ts'
import { CONFIG, type Grid, loadGrid, mutable, offerOf } from './support/grid.ts'
import { expire, report } from './support/steps.ts'

const PROFILE = { name: 'a cluster', url: '', region: '', software: '' }
const UNKNOWN = 9

describe('Providers', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  const registry = (actor: keyof Grid['actors']) => grid.providers.connect(grid.actors[actor])
  const owner = () => registry('alphaOwner')
  const stakeOf = async () => (await grid.providers.providerOf(1)).stake
  const contactOf = (signer: string) => ({ signer, encryptionKey: ethers.ZeroHash, endpoint: 'https://example.org' })
  const refused = (sent: Promise<unknown>, error: string, ...args: unknown[]) =>
    expect(sent)
      .to.be.revertedWithCustomError(grid.providers, error)
      .withArgs(...args)

  describe('registering', () => {
    it('counts indexes from 1 and gives no job before approval, stake and an offer', async () => {
      const contact = contactOf(grid.actors.relayer.address)
      await expect(registry('stranger').register(contact, PROFILE))
        .to.emit(grid.providers, 'ProviderRegistered')
        .withArgs(3, grid.actors.stranger, Object.values(contact), Object.values(PROFILE))
      expect(await grid.providers.count()).to.equal(3n)
      expect((await grid.providers.terms(3, 0n)).room).to.equal(0n)
      expect(await grid.providers.signerOf(3)).to.equal(grid.actors.relayer.address)
      expect(await grid.providers.ownerOf(3)).to.equal(grid.actors.stranger.address)
    })

    it('needs a hot key that is not the cold one', async () => {
      const { stranger } = grid.actors
      for (const signer of [ethers.ZeroAddress, stranger.address]) {
        await refused(registry('stranger').register(contactOf(signer), PROFILE), 'SignerInvalid', signer)
      }
      await refused(owner().setContact(1, contactOf(grid.alpha.owner.address)), 'SignerInvalid', grid.alpha.owner)
    })

    it('ends when the indexes are used up', async () => {
      const held = BigInt(await networkHelpers.getStorageAt(grid.deployment.providers, 0))
      await setCount(held, 2 ** 24 - 1)
      expect(await grid.providers.count()).to.equal(2n ** 24n - 1n)
      const sent = registry('stranger').register(contactOf(grid.actors.relayer.address), PROFILE)
      await expect(sent).to.be.revertedWithCustomError(grid.providers, 'RegistryFull')
      await setCount(held, 2)
    })

    /** The number of providers stands in the first slot, above the authority (160 bits) and its flag (8 bits). */
    const setCount = async (held: bigint, count: number): Promise<void> => {
      const rest = held & (2n ** 168n - 1n)
      const slot = ethers.toBeHex((BigInt(count) << 168n) | rest, 32)
      await networkHelpers.setStorageAt(grid.deployment.providers, 0, slot)
    }
  })

  describe('the owner', () => {
    it('alone changes what a provider is', async () => {
      const stranger = registry('stranger')
      const attempts = [
        () => stranger.setContact(1, contactOf(grid.actors.relayer.address)),
        () => stranger.setProfile(1, PROFILE),
        () => stranger.setOffer(1, mutable(offerOf(grid.alpha.prices))),
        () => stranger.setOwner(1, grid.actors.stranger),
        () => stranger.setDraining(1, true),
        () => stranger.startUnbonding(1, 1n),
        () => stranger.withdrawStake(1),
      ]
      for (const attempt of attempts) await refused(attempt(), 'NotProviderOwner', 1, grid.actors.stranger)
    })

    it('of a provider that does not exist is nobody', async () => {
      await refused(owner().setProfile(UNKNOWN, PROFILE), 'ProviderUnknown', UNKNOWN)
      await refused(owner().addStake(UNKNOWN, 1n), 'ProviderUnknown', UNKNOWN)
      await refused(registry('approver').approve(UNKNOWN), 'ProviderUnknown', UNKNOWN)
      await refused(registry('approver').ban(UNKNOWN, ''), 'ProviderUnknown', UNKNOWN)
    })

    it('can hand over, but not to nobody and not to the hot key', async () => {
      await refused(owner().setOwner(1, ethers.ZeroAddress), 'OwnerInvalid', ethers.ZeroAddress)
      await refused(owner().setOwner(1, grid.alpha.signer), 'SignerInvalid', grid.alpha.signer)
      await expect(owner().setOwner(1, grid.actors.stranger))
        .to.emit(grid.providers, 'OwnerSet')
        .withArgs(1, grid.actors.stranger)
      await registry('stranger').setDraining(1, true)
      await refused(owner().setDraining(1, false), 'NotProviderOwner', 1, grid.alpha.owner)
    })

    it('changes the hot key: what the former one signs counts no more', async () => {
      const job = await driveTo(grid, 'META_SCHEDULED')
      await owner().setContact(1, contactOf(grid.actors.relayer.address))
      await expect(report(grid, job, 'SCHEDULED')).to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
    })

    it('describes the provider anew', async () => {
      await expect(owner().setProfile(1, PROFILE))
        .to.emit(grid.providers, 'ProfileSet')
        .withArgs(1, Object.values(PROFILE))
    })
  })

  describe('an offer', () => {
    it('has a price and a node with a cpu', async () => {
      const free = { cpuPerMinute: 0n, memPerMinute: 0n, gpuPerMinute: 0n }
      await refused(owner().setOffer(1, mutable(offerOf(free))), 'OfferWithoutPrice', 1)
      const node = { count: 1, cpus: 1, mem: 1, gpus: 0, gpuModel: '' }
      for (const nodes of [[], [{ ...node, count: 0 }], [{ ...node, cpus: 0 }]]) {
        await refused(owner().setOffer(1, mutable(offerOf(grid.alpha.prices, { nodes }))), 'OfferWithoutNodes', 1)
      }
      await owner().setOffer(1, mutable(offerOf(grid.alpha.prices, { nodes: [{ ...node, count: 0 }, node] })))
    })

    for (const kind of ['cpuPerMinute', 'memPerMinute', 'gpuPerMinute'] as const) {
      it(`may charge by ${kind} alone`, async () => {
        const prices = { cpuPerMinute: 0n, memPerMinute: 0n, gpuPerMinute: 0n, [kind]: 1n }
        await expect(owner().setOffer(1, mutable(offerOf(prices)))).to.emit(grid.providers, 'OfferSet')
        const terms = await grid.providers.terms(1, 0n)
        expect([...terms.prices]).to.deep.equal(Object.values(prices))
        expect([terms.room, terms.acceptsDirect]).to.deep.equal([300n, false])
      })
    }
  })

  describe('approval', () => {
    it('and a ban are the approver’s alone', async () => {
      const stranger = registry('stranger')
      for (const attempt of [() => stranger.approve(1), () => stranger.ban(1, '')]) {
        await refused(attempt(), 'AccessManagedUnauthorized', grid.actors.stranger)
      }
    })

    it('is taken back by a ban, once, and can be given again', async () => {
      await expect(registry('approver').ban(1, 'why')).to.emit(grid.providers, 'ProviderBanned').withArgs(1, 'why')
      await refused(registry('approver').ban(1, 'why'), 'ProviderBannedAlready', 1)
      expect((await grid.providers.terms(1, 0n)).room).to.equal(0n)
      await expect(registry('approver').approve(1)).to.emit(grid.providers, 'ProviderApproved').withArgs(1)
      expect((await grid.providers.terms(1, 0n)).room).to.equal(300n)
    })
  })

  describe('stake', () => {
    it('comes from anybody', async () => {
      await grid.credits.connect(grid.actors.payer).approve(grid.providers, CREDIT)
      const stake = (await stakeOf()) + CREDIT
      await expect(registry('payer').addStake(1, CREDIT))
        .to.emit(grid.providers, 'StakeAdded')
        .withArgs(1, grid.actors.payer, CREDIT, stake)
    })

    it('moves in amounts above zero', async () => {
      await expect(owner().addStake(1, 0n)).to.be.revertedWithCustomError(grid.providers, 'AmountZero')
      await expect(owner().startUnbonding(1, 0n)).to.be.revertedWithCustomError(grid.providers, 'AmountZero')
    })

    it('leaves after the unbonding delay and not a second before', async () => {
      const stake = await stakeOf()
      await refused(owner().withdrawStake(1), 'NothingUnbonding', 1)
      const at = (await now()) + 100
      const unbondsAt = at + CONFIG.unbondingDelay
      await nextBlockAt(at)
      await owner().startUnbonding(1, stake)
      await refused(owner().startUnbonding(1, 1n), 'StakeTooLow', 1, 0, 1)
      await nextBlockAt(unbondsAt - 1)
      await refused(owner().withdrawStake(1), 'StillUnbonding', 1, unbondsAt)
      await expect(owner().withdrawStake(1))
        .to.emit(grid.providers, 'StakeWithdrawn')
        .withArgs(1, grid.alpha.owner, stake, 0)
    })

    it('starts the delay again when more of it is to leave', async () => {
      await owner().startUnbonding(1, CREDIT)
      await nextBlockIn(CONFIG.unbondingDelay - 10)
      await owner().startUnbonding(1, CREDIT)
      const { unbondsAt } = await grid.providers.providerOf(1)
      expect(unbondsAt).to.equal(BigInt((await now()) + CONFIG.unbondingDelay))
    })

    it('stays while jobs are open, however long ago the delay ended', async () => {
      const job = await driveTo(grid, 'META_SCHEDULED')
      await owner().startUnbonding(1, await stakeOf())
      await nextBlockIn(CONFIG.unbondingDelay + 1)
      await refused(owner().withdrawStake(1), 'JobsOpen', 1, 1)
      await report(grid, job, 'PENDING')
      await owner().withdrawStake(1)
      expect(await stakeOf()).to.equal(0n)
    })

    it('that is leaving can still be penalised: what is left of it leaves', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const stake = await stakeOf()
      await owner().startUnbonding(1, stake)
      await passSilence(grid, job)
      await expire(grid, job)
      const left = stake - grid.config.silencePenalty
      await refused(owner().startUnbonding(1, 1n), 'StakeTooLow', 1, 0, 1)
      await nextBlockIn(CONFIG.unbondingDelay)
      await expect(owner().withdrawStake(1))
        .to.emit(grid.providers, 'StakeWithdrawn')
        .withArgs(1, grid.alpha.owner, left, 0)
    })
  })

  describe('open jobs and penalties', () => {
    it('are opened by the jobs role alone, and closed and taken by whoever reserved them', async () => {
      const { stranger } = grid.actors
      const registryOfStranger = registry('stranger')
      await driveTo(grid, 'RUNNING')
      await refused(registryOfStranger.open(1, 1, 0n), 'AccessManagedUnauthorized', stranger)
      await refused(registryOfStranger.close(1, 1, 0n), 'NotReserved', 1, stranger, 0, 0)
      await refused(registryOfStranger.penalise(1, 1n), 'NotReserved', 1, stranger, 0, 1)
    })

    it('end and are penalised even where the role was taken away meanwhile', async () => {
      const finished = await driveTo(grid, 'RUNNING')
      const silent = await driveTo(grid, 'RUNNING')
      const stake = await stakeOf()
      await takeJobsRole()
      await report(grid, finished, 'FINISHED')
      await passSilence(grid, silent)
      await expire(grid, silent)
      expect((await grid.providers.providerOf(1)).openJobs).to.equal(0n)
      expect(await stakeOf()).to.equal(stake - grid.config.silencePenalty)
    })

    /** The admin takes the jobs role from `Jobs` and closes the registry to every role. */
    const takeJobsRole = async (): Promise<void> => {
      const [admin] = await ethers.getSigners()
      const calls = ['function revokeRole(uint64, address)', 'function setTargetClosed(address, bool)']
      const access = new ethers.Contract(grid.deployment.accessManager, calls, admin)
      await access.getFunction('revokeRole')(ROLES.jobs, grid.deployment.jobs)
      await access.getFunction('setTargetClosed')(grid.deployment.providers, true)
    }

    it('never exceed the room, even where a contract with the role asks for more', async () => {
      await networkHelpers.impersonateAccount(grid.deployment.jobs)
      await networkHelpers.setBalance(grid.deployment.jobs, CREDIT)
      const jobs = grid.providers.connect(await ethers.getSigner(grid.deployment.jobs))
      await refused(jobs.open(1, 301, 0n), 'NoRoom', 1, 300, 301)
      await refused(jobs.open(UNKNOWN, 1, 0n), 'NoRoom', UNKNOWN, 0, 1)
    })
  })
})
