import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { parseWorkflow } from '../../workflow/parseWorkflow.ts'
import { arrayIndex, arraySalt, requestFields } from '../../workflow/requestFields.ts'

const JOB = 'resources: {tasks: 2, cpusPerTask: 3, memPerCpu: 4, gpus: 5}\nsteps: [{run: {command: x}}]'

function fieldsOf(more: string) {
  const parsed = parseWorkflow(`${JOB}\n${more}`)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return requestFields(parsed.workflow, 1_000)
}

describe('requestFields', () => {
  it('takes over what the workflow says and counts retries as attempts', () => {
    const more = 'name: a\naffinity: arch=amd64\ntimeLimit: 2m\nstartBy: 1h\nretries: 2\narray: 7'
    expect(fieldsOf(more)).to.deep.equal({
      ...{ name: 'a', affinity: 'arch=amd64', tasks: 2, cpusPerTask: 3, memPerCpu: 4, gpus: 5 },
      ...{ timeLimit: 120, startBy: 4_600, maxAttempts: 3, arraySize: 7 },
    })
  })

  it('leaves undefined what the workflow does not say', () => {
    const { timeLimit, startBy, maxAttempts, arraySize } = fieldsOf('')
    expect([timeLimit, startBy, maxAttempts, arraySize]).to.deep.equal([undefined, undefined, undefined, undefined])
  })

  it('takes a moment for itself, wherever now is', () => {
    expect(fieldsOf('startBy: 2030-01-01T01:00:00+01:00').startBy).to.equal(1_893_456_000)
  })

  for (const startBy of ['soon', '2030-13-01T00:00:00Z', '"0"', '12']) {
    it(`refuses a startBy of ${startBy}`, () => {
      const parsed = parseWorkflow(`${JOB}\nstartBy: ${startBy}`)
      expect(parsed.ok ? [] : parsed.errors.map(({ path }) => path)).to.deep.equal(['startBy'])
    })
  }
})

describe('arraySalt', () => {
  it('keeps index and seed apart in 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat({ max: 9_999 }), (seed, index) => {
        const salt = arraySalt(seed, index)
        expect(salt < 2n ** 64n).to.equal(true)
        expect(arrayIndex(salt)).to.equal(index)
        expect(salt >> 20n).to.equal(seed & (2n ** 44n - 1n))
      }),
    )
  })
})
