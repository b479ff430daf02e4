import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { NodeFacts } from '../../../agent/inspect/nodes.ts'
import { proposeOffer, withLabels } from '../../../agent/inspect/proposeOffer.ts'

const node = (name: string, overrides: Partial<NodeFacts> = {}): NodeFacts => ({
  name,
  cpus: 64,
  mem: 256_000,
  gpus: 0,
  gpuModel: '',
  labels: { os: 'linux', arch: 'amd64' },
  ...overrides,
})

describe('proposeOffer', () => {
  it('puts nodes that are alike into one group', () => {
    const gpu = { gpus: 4, gpuModel: 'a100' }
    const { offer } = proposeOffer({ nodes: [node('a'), node('b', gpu), node('c')], notes: [] }, undefined)
    expect(offer.nodes).to.deep.equal([
      { count: 2, cpus: 64, mem: 256_000, gpus: 0, gpuModel: '' },
      { count: 1, cpus: 64, mem: 256_000, ...gpu },
    ])
  })

  it('leaves the prices to the operator', () => {
    const { offer } = proposeOffer({ nodes: [node('a')], notes: [] }, undefined)
    expect(offer.prices.cpuPerMinute).to.equal('how many credits?')
  })

  it('labels only what holds for every node, and names the rest', () => {
    const arm = node('b', { labels: { os: 'linux', arch: 'arm64' } })
    const { offer, notes } = proposeOffer({ nodes: [node('a'), arm], notes: ['earlier'] }, undefined)
    expect(offer.labels).to.deep.equal([{ key: 'os', value: 'linux' }])
    expect(notes).to.deep.equal(['earlier', 'label arch is left out: nodes differ in it'])
  })

  it('keeps what the operator decided and what was measured, and replaces what was inspected', () => {
    const prices = { cpuPerMinute: '0.1', memPerMinute: '0', gpuPerMinute: '1' }
    const labels = [
      { key: 'arch', value: 'arm64' },
      { key: 'gpu', value: 'amd' },
      { key: 'compute.gflops', value: '12' },
    ]
    const before = { prices, maxOpenJobs: 5, acceptsDirect: true, nodes: [], labels }
    const { offer } = proposeOffer({ nodes: [node('a')], notes: [] }, before)
    expect(offer).to.deep.include({ prices, maxOpenJobs: 5, acceptsDirect: true })
    expect(offer.labels).to.deep.equal([
      { key: 'os', value: 'linux' },
      { key: 'arch', value: 'amd64' },
      { key: 'compute.gflops', value: '12' },
    ])
  })
})

describe('withLabels', () => {
  it('replaces earlier measures of the same keys', () => {
    const { offer } = proposeOffer({ nodes: [node('a')], notes: [] }, undefined)
    const once = withLabels(offer, [{ key: 'compute.gflops', value: '1' }])
    const twice = withLabels(once, [{ key: 'compute.gflops', value: '2' }])
    expect(twice.labels.filter(({ key }) => key === 'compute.gflops')).to.deep.equal([
      { key: 'compute.gflops', value: '2' },
    ])
  })
})
