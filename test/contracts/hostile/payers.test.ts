import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { splitPenalty } from '../../../sdk/domain/settlement.ts'
import type { JobStatus } from '../../../sdk/domain/status.ts'
import { type Books, changesBy, expectConserved } from '../support/books.ts'
import { nextBlockAt, nextBlockIn } from '../support/chain.ts'
import { passSilence, sinceOf } from '../support/deadlines.ts'
import { driveTo } from '../support/driveTo.ts'
import { addressOf, type Grid, loadGrid } from '../support/grid.ts'
import { type JobCase, rateAt } from '../support/requests.ts'
import { announcePanic, cancel, expire, panic, report } from '../support/steps.ts'

/** How a job ends that costs `seconds`, and which penalty its provider pays. */
interface Outcome {
  readonly what: string
  readonly from: JobStatus
  readonly seconds?: number
  readonly penalty?: 'latePenalty' | 'silencePenalty'
  readonly waitsAgain?: boolean
  readonly prepare?: (grid: Grid, job: JobCase) => Promise<unknown>
  readonly act: (grid: Grid, job: JobCase) => Promise<unknown>
}

const ranFor =
  (status: JobStatus, seconds: number, exitCode = 0) =>
  async (grid: Grid, job: JobCase) => {
    await nextBlockAt((await sinceOf(grid, job)) + seconds)
    return report(grid, job, status, { secondsUsed: seconds, exitCode })
  }

const afterAnnouncement = async (grid: Grid, job: JobCase) => {
  await announcePanic(grid, job)
  await nextBlockIn(grid.config.parameters.panicDelay + 1)
}

const OUTCOMES: readonly Outcome[] = [
  { what: 'FINISHED', from: 'RUNNING', seconds: 100, act: ranFor('FINISHED', 100) },
  { what: 'FAILED', from: 'RUNNING', seconds: 100, act: ranFor('FAILED', 100, 1) },
  {
    what: 'FAILED by its definition',
    from: 'SCHEDULED',
    act: (grid, job) => report(grid, job, 'FAILED', { exitCode: 1 }),
  },
  { what: 'OUT_OF_CREDITS', from: 'RUNNING', seconds: 600, act: ranFor('OUT_OF_CREDITS', 600) },
  { what: 'CANCELLED while it waits', from: 'PENDING', act: cancel },
  { what: 'CANCELLED by its provider', from: 'RUNNING', seconds: 40, prepare: cancel, act: ranFor('CANCELLED', 40) },
  {
    what: 'CANCELLED by a third party',
    from: 'RUNNING',
    prepare: cancel,
    act: async (grid, job) => {
      await nextBlockIn(grid.config.parameters.cancelTimeout + 1)
      return expire(grid, job)
    },
  },
  {
    what: 'CANCELLED after startBy',
    from: 'PENDING',
    act: async (grid, job) => {
      await nextBlockAt(job.request.startBy + 1)
      return expire(grid, job)
    },
  },
  { what: 'PANICKED by its provider', from: 'RUNNING', act: ranFor('PANICKED', 100) },
  { what: 'PANICKED by the guardian', from: 'RUNNING', prepare: afterAnnouncement, act: panic },
  {
    what: 'returned by its provider',
    from: 'META_SCHEDULED',
    waitsAgain: true,
    act: (grid, job) => report(grid, job, 'PENDING'),
  },
  {
    what: 'returned because its provider never took it',
    from: 'META_SCHEDULED',
    penalty: 'latePenalty',
    waitsAgain: true,
    act: async (grid, job) => {
      await nextBlockIn(grid.config.parameters.acceptTimeout + 1)
      return expire(grid, job)
    },
  },
  {
    what: 'returned because its provider was silent',
    from: 'RUNNING',
    penalty: 'silencePenalty',
    waitsAgain: true,
    prepare: passSilence,
    act: expire,
  },
]

describe('who pays, who is refunded and who is compensated', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  for (const paid of ['customer', 'payer'] as const) {
    for (const { what, from, seconds = 0, penalty, waitsAgain = false, prepare, act } of OUTCOMES) {
      it(`when the ${paid} pays for a job that is ${what}`, async () => {
        const job = await driveTo(grid, from, paid === 'payer' ? { payer: addressOf(grid.actors.payer) } : {})
        await prepare?.(grid, job)
        const changes = await changesBy(grid, () => act(grid, job))
        const cost = (rateAt(grid.alpha, job) * BigInt(seconds)) / 60n
        const cut = (cost * BigInt(grid.config.parameters.cutPermille)) / 1000n
        const refund = waitsAgain ? 0n : job.request.budget - cost
        const split =
          penalty === undefined
            ? { customer: 0n, enforcer: 0n, treasury: 0n }
            : splitPenalty(grid.config[penalty], true)
        const expected: Books = {
          payer: paid === 'payer' ? refund : 0n,
          allowance: paid === 'payer' ? refund : 0n,
          // A penalty is the customer's, whoever pays for the job: it is the one that waits longer.
          customer: (paid === 'customer' ? refund : 0n) + split.customer,
          stranger: split.enforcer,
          cut: cut + split.treasury,
          'alpha.earnings': cost - cut,
          'alpha.stake': penalty === undefined ? 0n : -grid.config[penalty],
        }
        for (const [name, amount] of Object.entries(expected)) expect(changes[name] ?? 0n, name).to.equal(amount)
      })
    }
  }
})
