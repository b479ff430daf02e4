import { expect } from 'chai'
import { describe, it } from 'mocha'
import { plan } from '../../scheduling/plan.ts'
import { policyNamed } from '../../scheduling/policies.ts'
import type { Offer } from '../../sdk/domain/provider.ts'
import { CREDIT, hex, TestGrid } from './fixture.ts'

const price = (credits: bigint): Partial<Offer> => ({
  prices: { cpuPerMinute: credits * CREDIT, memPerMinute: 0n, gpuPerMinute: 0n },
})
const power = (watts: string, carbon: string): Partial<Offer> => ({
  labels: [
    { key: 'power.watts.cpu', value: watts },
    { key: 'carbon.g-per-kwh', value: carbon },
  ],
})
const nodes = (count: number): Partial<Offer> => ({ nodes: [{ count, cpus: 4, mem: 4096, gpus: 0, gpuModel: '' }] })
const placedBy = (grid: TestGrid) => plan(grid.snapshot(), policyNamed('aged')).decisions[0]

describe('the choice among providers that can start a job', () => {
  it('goes to the cheapest', () => {
    const grid = new TestGrid().provider(1, price(3n)).provider(2, price(1n)).provider(3, price(2n)).job(7)
    expect(placedBy(grid)).to.include({ provider: 2, rate: CREDIT, reason: 'cheapest' })
  })

  it('goes to the more reliable of equally cheap ones', () => {
    const grid = new TestGrid().provider(1).provider(2).job(8).assign(8, 1).giveBack(8, 1).job(7)
    grid.tell({ kind: 'cancel-requested', id: hex(8), customer: hex(0xc1, 20), provider: 0 })
    expect(placedBy(grid)).to.include({ provider: 2, reason: 'most-reliable' })
  })

  it('goes where it leaves the least free among equals', () => {
    const grid = new TestGrid().provider(1, nodes(3)).provider(2, nodes(1)).provider(3, nodes(2)).job(7)
    expect(placedBy(grid)).to.include({ provider: 2, reason: 'fits-best' })
  })

  it('goes to the one that emits least, whatever it costs, for a customer who prefers that', () => {
    const grid = new TestGrid().provider(1, { ...price(1n), ...power('10', '400') })
    grid
      .provider(2, { ...price(9n), ...power('20', '50') })
      .provider(3, price(1n))
      .job(7, { affinity: 'prefer=greenest' })
    expect(placedBy(grid)).to.include({ provider: 2, reason: 'greenest' })
  })

  it('looks at reliability before the price for a customer who prefers the soonest end', () => {
    const grid = new TestGrid().provider(1, price(1n)).provider(2, price(2n)).job(8).assign(8, 1).giveBack(8, 1)
    grid.tell({ kind: 'cancel-requested', id: hex(8), customer: hex(0xc1, 20), provider: 0 })
    expect(placedBy(grid.job(7, { affinity: 'prefer=soonest' }))).to.include({ provider: 2, reason: 'most-reliable' })
  })

  it('knows no other preference', () => {
    const grid = new TestGrid().provider(1).job(7, { affinity: 'prefer=nearest' })
    expect(placedBy(grid)?.reason).to.equal('affinity-unreadable')
  })

  it('leaves out a provider that the budget does not pay, also after a like job whose budget did', () => {
    const grid = new TestGrid()
      .provider(1, price(1n))
      .provider(2, price(2n))
      .job(6, { tasks: 4 })
      .job(7, { budget: 10n * CREDIT })
    grid.job(8, { budget: 10n * CREDIT })
    const providers = plan(grid.snapshot(), policyNamed('fcfs')).decisions.map((one) => [one.job, one.kind])
    expect(providers).to.deep.equal([
      [hex(6), 'placed'],
      [hex(7), 'waiting'],
      [hex(8), 'waiting'],
    ])
  })

  it('does not give a job back to a provider that returned it', () => {
    const grid = new TestGrid().provider(1).provider(2, price(5n)).job(7).assign(7, 1).giveBack(7, 1)
    expect(placedBy(grid)).to.include({ provider: 2, reason: 'only-one-able' })
  })
})

describe('the economy of a plan', () => {
  it('adds up what the placed jobs buy', () => {
    const offer = { ...price(1n), ...power('500', '200') }
    const grid = new TestGrid()
      .provider(1, offer)
      .job(7, { tasks: 2, timeLimit: 3600 })
      .job(8, { tasks: 4, timeLimit: 3600 })
    expect(plan(grid.snapshot(), policyNamed('aged')).economy).to.deep.equal({
      cpuHours: 2,
      credits: 120,
      kwh: 1,
      co2Grams: 200,
      cpuHoursPerHour: 2,
      cpuHoursPerCredit: 2 / 120,
      cpuHoursPerKwh: 2,
    })
  })

  it('divides by nothing where nothing was placed', () => {
    const { economy } = plan(new TestGrid().snapshot(), policyNamed('aged'))
    expect(economy).to.include({ cpuHours: 0, cpuHoursPerCredit: undefined, cpuHoursPerKwh: undefined })
  })
})
