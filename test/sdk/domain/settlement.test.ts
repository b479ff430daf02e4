import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  allowedSeconds,
  budgetRoundedUp,
  costRoundedDown,
  cutRoundedDown,
  ratePerMinute,
  splitPenalty,
} from '../../../sdk/domain/settlement.ts'

const CREDIT = 10n ** 18n
const amount = fc.bigInt(0n, 2n ** 96n - 1n)
const rate = fc.bigInt(1n, 2n ** 80n - 1n)
const seconds = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe('ratePerMinute', () => {
  const prices = { cpuPerMinute: 3n * CREDIT, memPerMinute: CREDIT / 100n, gpuPerMinute: 20n * CREDIT }

  it('adds cpus, memory of all cpus, and gpus of the whole job', () => {
    const resources = { tasks: 2, cpusPerTask: 4, memPerCpu: 1_000, gpus: 3 }
    expect(ratePerMinute(resources, prices)).to.equal(24n * CREDIT + 80n * CREDIT + 60n * CREDIT)
  })

  it('is exact where numbers are not: the largest request at the largest prices', () => {
    const largest = { tasks: 1_000_000, cpusPerTask: 65_536, memPerCpu: 16_777_216, gpus: 1_000_000 }
    const price = 2n ** 72n - 1n
    const cpus = 65_536_000_000n
    const expected = (cpus + cpus * 16_777_216n + 1_000_000n) * price
    expect(ratePerMinute(largest, { cpuPerMinute: price, memPerMinute: price, gpuPerMinute: price })).to.equal(expected)
  })
})

describe('costRoundedDown', () => {
  it('is rate × seconds / 60, rounded down', () => {
    expect(costRoundedDown(60n, 90, CREDIT)).to.equal(90n)
    expect(costRoundedDown(59n, 1, CREDIT)).to.equal(0n)
    expect(costRoundedDown(61n, 59, CREDIT)).to.equal(59n)
    expect(costRoundedDown(61n, 60, CREDIT)).to.equal(61n)
  })

  it('is never above the budget', () => {
    expect(costRoundedDown(60n, 10, 9n)).to.equal(9n)
    expect(costRoundedDown(60n, 10, 10n)).to.equal(10n)
    expect(costRoundedDown(60n, 10, 11n)).to.equal(10n)
  })

  it('is less than one unit below the exact cost, and grows with the seconds', () => {
    fc.assert(
      fc.property(rate, seconds, amount, (perMinute, used, budget) => {
        const cost = costRoundedDown(perMinute, used, budget)
        const exact60 = perMinute * BigInt(used)
        expect(cost <= budget && cost * 60n <= exact60).to.equal(true)
        expect(cost === budget || exact60 - cost * 60n < 60n).to.equal(true)
        expect(costRoundedDown(perMinute, used + 1, budget) >= cost).to.equal(true)
      }),
    )
  })
})

describe('budgetRoundedUp', () => {
  it('is the smallest budget that the whole time fits in', () => {
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 31_536_000 }), (perMinute, limit) => {
        const budget = budgetRoundedUp(perMinute, limit)
        expect(budget * 60n >= perMinute * BigInt(limit)).to.equal(true)
        expect((budget - 1n) * 60n < perMinute * BigInt(limit)).to.equal(true)
      }),
    )
  })

  it('rounds up by less than a unit', () => {
    expect([budgetRoundedUp(1n, 1), budgetRoundedUp(1n, 60), budgetRoundedUp(1n, 61)]).to.deep.equal([1n, 1n, 2n])
  })
})

describe('allowedSeconds', () => {
  it('is the time limit where nothing was topped up', () => expect(allowedSeconds(600, 70n, 70n, 3n)).to.equal(600n))

  it('adds what the top-up buys at the rate, rounded down', () => {
    expect(allowedSeconds(600, 1_000n, 1_030n, 60n)).to.equal(630n)
    expect(allowedSeconds(600, 1_000n, 1_001n, 61n)).to.equal(600n)
    expect(allowedSeconds(600, 1_000n, 1_002n, 61n)).to.equal(601n)
  })

  it('is never more than the whole budget pays', () => {
    expect(allowedSeconds(600, 500n, 800n, 60n)).to.equal(800n)
  })

  it('never buys seconds that the top-up does not pay for', () => {
    fc.assert(
      fc.property(rate, amount, amount, (perMinute, requested, toppedUp) => {
        const bought = allowedSeconds(0, requested, requested + toppedUp, perMinute)
        expect(bought * perMinute <= toppedUp * 60n).to.equal(true)
        expect((bought + 1n) * perMinute > toppedUp * 60n).to.equal(true)
      }),
    )
  })
})

describe('cutRoundedDown', () => {
  it('takes thousandths of a cost, rounded down', () => {
    expect([cutRoundedDown(1_000n, 20), cutRoundedDown(999n, 20), cutRoundedDown(49n, 20)]).to.deep.equal([
      20n,
      19n,
      0n,
    ])
  })

  it('is never more than the cost', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 255 }), (cost, permille) => {
        const cut = cutRoundedDown(cost, permille)
        expect(cut >= 0n && cut <= cost).to.equal(true)
      }),
    )
  })
})

describe('splitPenalty', () => {
  it('gives half to the treasury, three tenths to the customer and two tenths to the enforcer', () => {
    expect(splitPenalty(1_000n, true)).to.deep.equal({ treasury: 500n, customer: 300n, enforcer: 200n })
  })

  it('leaves the enforcer’s part with the treasury where nobody enforced', () => {
    expect(splitPenalty(1_000n, false)).to.deep.equal({ treasury: 700n, customer: 300n, enforcer: 0n })
  })

  it('adds up to the penalty, of which at least half goes to the treasury', () => {
    fc.assert(
      fc.property(amount, fc.boolean(), (penalty, enforced) => {
        const { treasury, customer, enforcer } = splitPenalty(penalty, enforced)
        expect(treasury + customer + enforcer).to.equal(penalty)
        expect(treasury * 2n >= penalty).to.equal(true)
        expect(customer >= 0n && enforcer >= 0n).to.equal(true)
      }),
    )
  })
})
