import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { isFinal, isLive, JOB_STATUSES, statusNumber } from '../../../sdk/domain/status.ts'
import { isLegalTransition } from '../../../sdk/domain/transitions.ts'
import { ask, type DomainHarness, deployHarness } from '../support/harness.ts'

describe('Transitions', () => {
  let harness: DomainHarness
  before(async () => {
    harness = await deployHarness()
  })

  for (const from of JOB_STATUSES) {
    it(`agrees with the domain about every step out of ${from}`, async () => {
      for (const to of JOB_STATUSES) {
        const allowed = await ask<boolean>(harness, 'allowed', statusNumber(from), statusNumber(to))
        expect(allowed, `${from} → ${to}`).to.equal(isLegalTransition(from, to))
      }
    })

    it(`agrees with the domain about what kind of state ${from} is`, async () => {
      const status = statusNumber(from)
      expect(await ask<boolean>(harness, 'isLive', status)).to.equal(isLive(from))
      expect(await ask<boolean>(harness, 'isFinal', status)).to.equal(isFinal(from))
      expect(await ask<boolean>(harness, 'isAssigned', status)).to.equal(isLive(from) && from !== 'PENDING')
    })
  }
})
