import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  AFFINITY_OPERATORS,
  type AffinityRule,
  affinityHolds,
  parseAffinity,
  ruleHolds,
} from '../../../sdk/domain/affinity.ts'

const labels = [
  { key: 'arch', value: 'amd64' },
  { key: 'gpu', value: 'nvidia-a100' },
  { key: 'compute.gflops', value: '9000' },
]

function rulesOf(text: string): readonly AffinityRule[] {
  const parsed = parseAffinity(text)
  if (parsed.kind === 'fault') throw new Error(`${parsed.fault.at}: ${parsed.fault.message}`)
  return parsed.rules
}

const holds = (text: string) => affinityHolds(rulesOf(text), labels)

describe('parseAffinity', () => {
  it('reads no rules from an empty text', () => {
    expect(rulesOf('  ')).to.deep.equal([])
  })

  it('reads rules separated by commas, with or without spaces', () => {
    expect(rulesOf('arch=amd64, gpu:in:nvidia , compute.gflops >= 1000')).to.deep.equal([
      { key: 'arch', operator: '=', value: 'amd64' },
      { key: 'gpu', operator: ':in:', value: 'nvidia' },
      { key: 'compute.gflops', operator: '>=', value: '1000' },
    ])
  })

  for (const [text, at, message] of [
    ['arch=amd64,', 11, 'expected a label name, such as arch'],
    ['arch=amd64, =1', 12, 'expected a label name, such as arch'],
    ['arch', 4, 'expected one of = == != < <= > >= :in:'],
    ['arch=amd64, gpu ~ x', 16, 'expected one of = == != < <= > >= :in:'],
    ['a=1, bc >= ', 10, 'expected a value after >='],
    ['a=>1', 2, 'expected a value, found another operator'],
  ] as const) {
    it(`points at ${at} in "${text}"`, () => {
      expect(parseAffinity(text)).to.deep.equal({ kind: 'fault', fault: { at, message } })
    })
  }

  it('reads back what it is given, for any rule', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/)
    const rule = fc.record({ key: word, operator: fc.constantFrom(...AFFINITY_OPERATORS), value: word })
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 5 }), (rules) => {
        const text = rules.map((one) => `${one.key} ${one.operator}${one.value}`).join(', ')
        expect(rulesOf(text)).to.deep.equal(rules)
      }),
    )
  })
})

describe('affinityHolds', () => {
  it('compares numbers as numbers', () => {
    expect(holds('compute.gflops>=1000')).to.equal(true)
    expect(holds('compute.gflops<1e4')).to.equal(true)
    expect(holds('compute.gflops==9e3')).to.equal(true)
    expect(holds('compute.gflops>9000')).to.equal(false)
  })

  it('compares anything else as text', () => {
    expect(holds('arch=amd64')).to.equal(true)
    expect(holds('arch>amd32')).to.equal(true)
    expect(holds('arch<=10')).to.equal(false)
  })

  it('finds any of the words of :in: inside the label', () => {
    expect(holds('gpu:in:nvidia')).to.equal(true)
    expect(holds('gpu:in:amd; h100;a100')).to.equal(true)
    expect(holds('gpu:in:amd')).to.equal(false)
  })

  it('asks all rules to hold, also several on one key', () => {
    expect(holds('compute.gflops>1000, compute.gflops<9000')).to.equal(false)
    expect(holds('compute.gflops>1000, compute.gflops<9001')).to.equal(true)
  })

  it('lets a missing label satisfy != alone', () => {
    const missing = (operator: AffinityRule['operator']) => ruleHolds({ key: 'os', operator, value: 'linux' }, labels)
    expect(AFFINITY_OPERATORS.filter(missing)).to.deep.equal(['!='])
  })

  it('asks != of every label of the key and the others of one', () => {
    const two = [...labels, { key: 'arch', value: 'arm64' }]
    expect(ruleHolds({ key: 'arch', operator: '!=', value: 'arm64' }, two)).to.equal(false)
    expect(ruleHolds({ key: 'arch', operator: '=', value: 'arm64' }, two)).to.equal(true)
  })
})
