import { expect } from 'chai'
import { describe, it } from 'mocha'
import { plausibleLabels } from '../../../agent/benchmark/plausibleLabels.ts'

describe('plausibleLabels', () => {
  for (const [value, text] of [
    [1234.56, '1235'],
    [99.94, '99.9'],
    [1.23456, '1.23'],
    [0.0123456, '0.0123'],
  ] as const) {
    it(`writes ${value} as ${text}`, () => {
      const { labels } = plausibleLabels([{ key: 'network.gbps', value }], 4)
      expect(labels).to.deep.equal([{ key: 'network.gbps', value: text }])
    })
  }

  for (const [key, value] of [
    ['compute.gflops', 2_001],
    ['compute.gflops', 0],
    ['compute.gflops', Number.NaN],
    ['network.latency.us', -1],
    ['network.gbps', Number.POSITIVE_INFINITY],
    ['storage.read.mbps', 3e6],
    ['unheard.of', 1],
  ] as const) {
    it(`refuses ${key} of ${value} on 4 cpus, and says why`, () => {
      const { labels, refused } = plausibleLabels([{ key, value }], 4)
      expect(labels).to.deep.equal([])
      expect(refused[0]).to.match(new RegExp(`^${key} of .* is refused`))
    })
  }
})
