import { expect } from 'chai'
import { describe, it } from 'mocha'
import { deviations } from '../../bench/gasSnapshot.ts'

describe('deviations from a snapshot of gas', () => {
  const snapshot = { hardfork: 'osaka', lifecycle: { direct: 1000, signed: 800 } }

  it('are none within 2 %', () => {
    const measured = { hardfork: 'osaka', lifecycle: { direct: 1020, signed: 784 } }
    expect(deviations(snapshot, measured)).to.deep.equal([])
  })

  it('name what grew, shrank, came and went', () => {
    const measured = { hardfork: 'prague', lifecycle: { direct: 1021, batch: 1 } }
    expect(deviations(snapshot, measured)).to.deep.equal([
      'hardfork is prague, the snapshot says osaka',
      'lifecycle.direct is 1021, the snapshot says 1000',
      'lifecycle.signed is not measured any more: it was 800',
      'lifecycle.batch is new: 1',
    ])
  })
})
