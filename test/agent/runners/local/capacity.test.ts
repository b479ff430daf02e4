import { expect } from 'chai'
import { describe, it } from 'mocha'
import { roomFor } from '../../../../agent/runners/local/capacity.ts'

const capacity = { cpus: 4, mem: 1_000, gpus: 1 }
const small = { tasks: 1, cpusPerTask: 2, memPerCpu: 100, gpus: 0 }

describe('roomFor', () => {
  it('is free while all fit together', () => {
    expect(roomFor(capacity, [small], small)).to.equal('free')
  })

  for (const [what, wanted] of Object.entries({
    cpus: { ...small, cpusPerTask: 1, tasks: 1 },
    memory: { ...small, cpusPerTask: 1, memPerCpu: 700 },
  })) {
    it(`is full where ${what} are taken`, () => {
      const running = what === 'cpus' ? [small, small] : [{ ...small, memPerCpu: 200 }]
      expect(roomFor(capacity, running, wanted)).to.equal('full')
    })
  }

  it('is full where the gpus are taken', () => {
    const withGpu = { ...small, gpus: 1 }
    expect(roomFor(capacity, [withGpu], withGpu)).to.equal('full')
  })

  for (const wanted of [
    { ...small, tasks: 3 },
    { ...small, memPerCpu: 501 },
    { ...small, gpus: 2 },
  ]) {
    it(`is too small for ${JSON.stringify(wanted)}`, () => {
      expect(roomFor(capacity, [], wanted)).to.equal('too-small')
    })
  }
})
