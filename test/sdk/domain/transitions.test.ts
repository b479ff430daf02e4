import { expect } from 'chai'
import { describe, it } from 'mocha'
import { JOB_STATUSES, type JobStatus } from '../../../sdk/domain/status.ts'
import { hopsBetween, isLegalTransition, TRANSITIONS } from '../../../sdk/domain/transitions.ts'

// The product's promise, written down a second time: rows lead to columns, in the order of the states.
const PROMISE = `
               NONE PEND META SCHE RUNN FINI FAIL OUT_ CANC PANI
NONE           .    x    .    .    .    .    .    .    x    .
PENDING        .    .    x    .    .    .    .    .    x    .
META_SCHEDULED .    x    .    x    .    .    .    .    x    x
SCHEDULED      .    x    .    .    x    .    x    .    x    x
RUNNING        .    x    .    .    .    x    x    x    x    x
FINISHED       .    .    .    .    .    .    .    .    .    .
FAILED         .    .    .    .    .    .    .    .    .    .
OUT_OF_CREDITS .    .    .    .    .    .    .    .    .    .
CANCELLED      .    .    .    .    .    .    .    .    .    .
PANICKED       .    .    .    .    .    .    .    .    .    .
`

function isPromised(from: JobStatus, to: JobStatus): boolean {
  const row = PROMISE.split('\n').find((line) => line.startsWith(`${from} `))
  return row?.split(/\s+/)[JOB_STATUSES.indexOf(to) + 1] === 'x'
}

describe('isLegalTransition', () => {
  for (const from of JOB_STATUSES) {
    for (const to of JOB_STATUSES) {
      const isLegal = isPromised(from, to)
      it(`${isLegal ? 'allows' : 'refuses'} ${from} → ${to}`, () =>
        expect(isLegalTransition(from, to)).to.equal(isLegal))
    }
  }
})

describe('TRANSITIONS', () => {
  it('has each pair of states once, and says of each who, when and for how much', () => {
    const pairs = TRANSITIONS.map(({ from, to }) => `${from} → ${to}`)
    expect(new Set(pairs).size).to.equal(pairs.length)
    for (const { by, condition, money } of TRANSITIONS) expect([by, condition, money]).not.to.include('')
  })
})

describe('hopsBetween', () => {
  for (const from of JOB_STATUSES) {
    for (const to of JOB_STATUSES) {
      it(`walks only legal hops from ${from} to ${to}, if it walks at all`, () => {
        for (const hasStarted of [false, true]) {
          const hops = hopsBetween(from, to, hasStarted) ?? []
          const path = [from, ...hops]
          for (const [index, hop] of hops.entries()) expect(isPromised(path[index] ?? 'NONE', hop)).to.equal(true)
          if (hops.length > 0) expect(hops.at(-1)).to.equal(to)
        }
      })
    }
  }

  const walks: readonly (readonly [JobStatus, JobStatus, boolean, string | undefined])[] = [
    ['META_SCHEDULED', 'SCHEDULED', false, 'SCHEDULED'],
    ['META_SCHEDULED', 'RUNNING', true, 'SCHEDULED RUNNING'],
    ['META_SCHEDULED', 'FINISHED', true, 'SCHEDULED RUNNING FINISHED'],
    ['META_SCHEDULED', 'FAILED', true, 'SCHEDULED RUNNING FAILED'],
    ['META_SCHEDULED', 'FAILED', false, 'SCHEDULED FAILED'],
    ['META_SCHEDULED', 'OUT_OF_CREDITS', true, 'SCHEDULED RUNNING OUT_OF_CREDITS'],
    ['META_SCHEDULED', 'PENDING', false, 'PENDING'],
    ['META_SCHEDULED', 'CANCELLED', false, 'CANCELLED'],
    ['META_SCHEDULED', 'PANICKED', false, 'SCHEDULED PANICKED'],
    ['SCHEDULED', 'FINISHED', true, 'RUNNING FINISHED'],
    ['SCHEDULED', 'FAILED', false, 'FAILED'],
    ['SCHEDULED', 'CANCELLED', true, 'RUNNING CANCELLED'],
    ['RUNNING', 'FINISHED', true, 'FINISHED'],
    ['RUNNING', 'PENDING', true, 'PENDING'],
    ['SCHEDULED', 'FINISHED', false, undefined],
    ['RUNNING', 'SCHEDULED', false, undefined],
    ['SCHEDULED', 'SCHEDULED', false, undefined],
    ['NONE', 'PENDING', false, undefined],
    ['PENDING', 'META_SCHEDULED', false, undefined],
    ['FINISHED', 'FAILED', true, undefined],
  ]
  for (const [from, to, hasStarted, hops] of walks) {
    const report = hasStarted ? 'has started' : 'never started'
    it(`walks ${from} → ${hops ?? 'nowhere'} where a job that ${report} is reported ${to}`, () => {
      expect(hopsBetween(from, to, hasStarted)?.join(' ')).to.equal(hops)
    })
  }
})
