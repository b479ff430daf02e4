import { expect } from 'chai'
import fc from 'fast-check'
import { before, describe, it } from 'mocha'
import {
  allowedSeconds,
  budgetRoundedUp,
  costRoundedDown,
  cutRoundedDown,
  ratePerMinute,
  splitPenalty,
} from '../../../sdk/domain/settlement.ts'
import { ethers } from '../support/chain.ts'
import { ask, type DomainHarness, deployHarness } from '../support/harness.ts'

const RUNS = { numRuns: 150, seed: 20_260_101 }
const bits = (size: number) => fc.bigInt(0n, (1n << BigInt(size)) - 1n)
const positive = (size: number) => fc.bigInt(1n, (1n << BigInt(size)) - 1n)
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })

const zeroTerms = {
  customer: ethers.ZeroAddress,
  payer: ethers.ZeroAddress,
  provider: 0,
  tasks: 0,
  cpusPerTask: 0,
  memPerCpu: 0,
  gpus: 0,
  timeLimit: 0,
  budget: 0n,
  topUpLimit: 0n,
  startBy: 0,
  maxAttempts: 0,
  work: ethers.ZeroHash,
}

describe('Settlement, in Solidity and in TypeScript', () => {
  let harness: DomainHarness
  before(async () => {
    harness = await deployHarness()
  })

  it('agrees about rates', async () => {
    const resources = fc.record({ tasks: uint32, cpusPerTask: uint32, memPerCpu: uint32, gpus: uint32 })
    const prices = fc.record({ cpuPerMinute: bits(72), memPerMinute: bits(72), gpuPerMinute: bits(72) })
    const property = fc.asyncProperty(resources, prices, async (needs, sells) => {
      const rate = await ask<bigint>(harness, 'ratePerMinute', { ...zeroTerms, ...needs }, sells)
      expect(rate).to.equal(ratePerMinute(needs, sells))
    })
    await fc.assert(property, RUNS)
  })

  it('agrees about costs, which never exceed the budget', async () => {
    const property = fc.asyncProperty(bits(80), uint32, bits(96), async (rate, seconds, budget) => {
      const cost = await ask<bigint>(harness, 'costRoundedDown', rate, seconds, budget)
      expect(cost).to.equal(costRoundedDown(rate, seconds, budget))
      expect(cost <= budget).to.equal(true)
    })
    await fc.assert(property, RUNS)
  })

  it('agrees about the smallest sufficient budget, which pays for the time and is no wei too large', async () => {
    const property = fc.asyncProperty(positive(80), uint32, async (rate, seconds) => {
      const budget = await ask<bigint>(harness, 'budgetRoundedUp', rate, seconds)
      expect(budget).to.equal(budgetRoundedUp(rate, seconds))
      expect(budget * 60n >= rate * BigInt(seconds)).to.equal(true)
      expect(budget === 0n || (budget - 1n) * 60n < rate * BigInt(seconds)).to.equal(true)
    })
    await fc.assert(property, RUNS)
  })

  it('agrees about the seconds that top-ups buy', async () => {
    const property = fc.asyncProperty(uint32, bits(96), bits(96), positive(80), async (timeLimit, a, b, rate) => {
      const [requested, locked] = a < b ? [a, b] : [b, a]
      const terms = { ...zeroTerms, timeLimit, budget: requested }
      const seconds = await ask<bigint>(harness, 'allowedSeconds', terms, locked, rate)
      expect(seconds).to.equal(allowedSeconds(timeLimit, requested, locked, rate))
    })
    await fc.assert(property, RUNS)
  })

  it('agrees about the protocol’s cut', async () => {
    const property = fc.asyncProperty(bits(96), fc.integer({ min: 0, max: 255 }), async (cost, permille) => {
      const cut = await ask<bigint>(harness, 'cutRoundedDown', cost, permille)
      expect(cut).to.equal(cutRoundedDown(cost, permille))
    })
    await fc.assert(property, RUNS)
  })

  it('agrees about the parts of a penalty, of which at least half goes to the treasury', async () => {
    const property = fc.asyncProperty(bits(96), fc.boolean(), async (penalty, enforced) => {
      const [customer, enforcer] = await ask<[bigint, bigint]>(harness, 'splitPenalty', penalty, enforced)
      const split = splitPenalty(penalty, enforced)
      expect([customer, enforcer]).to.deep.equal([split.customer, split.enforcer])
      expect(split.treasury * 2n >= penalty).to.equal(true)
    })
    await fc.assert(property, RUNS)
  })
})
