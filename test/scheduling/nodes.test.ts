import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { type Demand, demandOf } from '../../scheduling/demand.ts'
import { Nodes } from '../../scheduling/nodes.ts'

const group = fc.record({
  count: fc.integer({ min: 0, max: 4 }),
  cpus: fc.integer({ min: 1, max: 16 }),
  mem: fc.integer({ min: 1, max: 64 }),
  gpus: fc.integer({ min: 0, max: 4 }),
  gpuModel: fc.constant(''),
})
const demand = fc
  .record({
    tasks: fc.integer({ min: 1, max: 6 }),
    cpusPerTask: fc.integer({ min: 1, max: 6 }),
    memPerCpu: fc.integer({ min: 1, max: 6 }),
    gpus: fc.integer({ min: 0, max: 5 }),
  })
  .map(demandOf)

interface Node {
  cpus: number
  mem: number
  gpus: number
}

// The same first fit, node by node.
function firstFit(nodes: readonly Node[], wanted: Demand): boolean {
  const copy = nodes.map((node) => ({ ...node }))
  const perTask = [
    ...Array.from({ length: wanted.dealt }, () => wanted.more),
    ...Array.from({ length: wanted.tasks - wanted.dealt }, () => Math.max(0, wanted.more - 1)),
  ]
  for (const gpus of perTask) {
    const node = copy.find((free) => free.cpus >= wanted.cpus && free.mem >= wanted.mem && free.gpus >= gpus)
    if (node === undefined) return false
    node.cpus -= wanted.cpus
    node.mem -= wanted.mem
    node.gpus -= gpus
  }
  for (const [at, node] of copy.entries()) Object.assign(nodes[at] as Node, node)
  return true
}

const freeOf = (nodes: Nodes): readonly Node[] =>
  Array.from({ length: nodes.count }, (_, node) => ({
    cpus: nodes.cpusAt(node),
    mem: nodes.memAt(node),
    gpus: nodes.gpusAt(node),
  }))

describe('Nodes', () => {
  it('places tasks as a first fit over a list does, whatever was placed before', () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 3 }), fc.array(demand, { maxLength: 12 }), (groups, demands) => {
        const nodes = Nodes.ofGroups(groups)
        const list = groups.flatMap(({ count, cpus, mem, gpus }) =>
          Array.from({ length: count }, () => ({ cpus, mem, gpus })),
        )
        for (const wanted of demands) {
          expect(nodes.take(wanted) !== undefined).to.equal(firstFit(list, wanted))
          expect(freeOf(nodes)).to.deep.equal(list)
        }
      }),
    )
  })

  it('is what it was after everything was given back', () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 3 }), fc.array(demand, { maxLength: 12 }), (groups, demands) => {
        const nodes = Nodes.ofGroups(groups)
        const before = freeOf(nodes)
        const taken = demands.map((wanted) => ({ wanted, shares: nodes.take(wanted) }))
        for (const { wanted, shares } of taken) if (shares !== undefined) nodes.give(wanted, shares)
        expect(freeOf(nodes)).to.deep.equal(before)
        expect(nodes.freeCpus).to.equal(before.reduce((sum, { cpus }) => sum + cpus, 0))
      }),
    )
  })

  it('deals the gpus of a job evenly to its tasks', () => {
    const [group] = [{ count: 2, cpus: 8, mem: 64, gpus: 3, gpuModel: 'a100' }]
    const nodes = Nodes.ofGroups([group])
    expect(nodes.take(demandOf({ tasks: 3, cpusPerTask: 1, memPerCpu: 1, gpus: 5 }))).to.deep.equal([
      0, 1, 2, 1, 1, 2, 0, 1, 1,
    ])
  })

  it('becomes the smaller of two others, node by node', () => {
    const ofCpus = (...cpus: readonly number[]) =>
      Nodes.ofGroups(cpus.map((each) => ({ count: 1, cpus: each, mem: 9 - each, gpus: 0, gpuModel: '' })))
    const nodes = new Nodes(2)
    nodes.becomeSmaller(ofCpus(1, 4), ofCpus(3, 2))
    expect(freeOf(nodes)).to.deep.equal([
      { cpus: 1, mem: 6, gpus: 0 },
      { cpus: 2, mem: 5, gpus: 0 },
    ])
    expect(nodes.freeCpus).to.equal(3)
  })
})
