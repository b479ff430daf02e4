import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { Hex, Report } from '../../sdk/domain/job.ts'
import { JOB_STATUSES, statusNumber } from '../../sdk/domain/status.ts'
import { hopsBetween } from '../../sdk/domain/transitions.ts'
import { REPORTS_TYPES } from '../../sdk/domain/typedData.ts'
import { signedReports } from './support/batches.ts'
import { changesBy, expectConserved } from './support/books.ts'
import { ethers, nextBlockAt, nextBlockIn, now } from './support/chain.ts'
import { pass, sinceOf } from './support/deadlines.ts'
import { driveTo } from './support/driveTo.ts'
import { expectSkipped } from './support/expectSkipped.ts'
import { type Grid, loadGrid } from './support/grid.ts'
import { closed, refunded, settled, sumOf } from './support/money.ts'
import type { JobCase } from './support/requests.ts'
import { fieldsOf, reportStruct, signReports } from './support/signing.ts'
import { assign, cancel, report, reportOf } from './support/steps.ts'
import { viemHash } from './support/viemHash.ts'

const WITH_PROVIDER = ['META_SCHEDULED', 'SCHEDULED', 'RUNNING'] as const

describe('reporting', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  const relay = (batches: Awaited<ReturnType<typeof signedReports>>[], jobs: readonly JobCase[] = []) =>
    grid.jobs.connect(grid.actors.relayer).report(
      batches,
      jobs.map((job) => job.terms),
    )
  const jobOf = (job: JobCase) => grid.jobs.jobOf(job.id)

  describe('hops', () => {
    for (const from of WITH_PROVIDER) {
      for (const to of JOB_STATUSES) {
        for (const started of [false, true]) {
          const hops = hopsBetween(from, to, started)
          it(`from ${from} to ${to}${started ? ' of a job that started' : ''} are ${hops?.join(', ') ?? 'refused'}`, async () => {
            const job = await driveTo(grid, from, { timeLimit: 60 })
            if (to === 'CANCELLED') await cancel(grid, job)
            const facts = { startedAt: started ? await now() : 0, exitCode: to === 'FAILED' ? 1 : 0 }
            if (hops === undefined) {
              const expected = to === 'RUNNING' && from !== 'RUNNING' ? 'RequestOutOfRange' : 'JobIllegalTransition'
              await expect(report(grid, job, to, facts)).to.be.revertedWithCustomError(grid.jobs, expected)
              return
            }
            const sent = report(grid, job, to, to === 'RUNNING' ? { startedAt: await now() } : facts)
            await expect(sent).not.to.be.revert(ethers)
            expect((await jobOf(job)).status).to.equal(BigInt(statusNumber(to)))
          })
        }
      }
    }

    it('pay a job whose RUNNING was never mined, and tell each hop', async () => {
      const job = await driveTo(grid, 'META_SCHEDULED')
      const startedAt = (await sinceOf(grid, job)) + 30
      await pass(grid, job, 200)
      const sent = () => report(grid, job, 'FINISHED', { startedAt, secondsUsed: 150 })
      expect(await changesBy(grid, sent)).to.deep.equal(settled(grid, job, 150))
      const logs = await grid.jobs.queryFilter('*' as never, await ethers.provider.getBlockNumber())
      const names = logs.map((log) => grid.jobs.interface.parseLog(log)?.name)
      expect(names).to.deep.equal(['JobScheduled', 'JobStarted', 'JobEnded'])
    })
  })

  describe('the start', () => {
    const startAt = async (offset: (since: number, at: number) => number) => {
      const job = await driveTo(grid, 'SCHEDULED')
      const since = await sinceOf(grid, job)
      const at = since + 100
      await nextBlockAt(at)
      await report(grid, job, 'RUNNING', { startedAt: offset(since, at) })
      return { since, at, startedAt: await sinceOf(grid, job) }
    }

    it('is what the report says', async () => {
      const { since, startedAt } = await startAt((since) => since + 40)
      expect(startedAt).to.equal(since + 40)
    })
    it('is never before the assignment', async () => {
      const { since, startedAt } = await startAt((since) => since - 40)
      expect(startedAt).to.equal(since)
    })
    it('is never after now', async () => {
      const { at, startedAt } = await startAt((_, at) => at + 40)
      expect(startedAt).to.equal(at)
    })
    it('must be told', async () => {
      const job = await driveTo(grid, 'SCHEDULED')
      await expect(report(grid, job, 'RUNNING'))
        .to.be.revertedWithCustomError(grid.jobs, 'RequestOutOfRange')
        .withArgs('startedAt', 0, 1, 2n ** 32n - 1n)
    })
    it('is not moved by a later report', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const since = await sinceOf(grid, job)
      await pass(grid, job, 99)
      const end = () => report(grid, job, 'FINISHED', { startedAt: since + 90, secondsUsed: 100 })
      expect(await changesBy(grid, end)).to.deep.equal(settled(grid, job, 100))
    })
  })

  describe('the seconds', () => {
    const chargedFor = async (elapsed: number, secondsUsed: number) => {
      const job = await driveTo(grid, 'RUNNING')
      await nextBlockAt((await sinceOf(grid, job)) + elapsed)
      return { job, changes: await changesBy(grid, () => report(grid, job, 'FINISHED', { secondsUsed })) }
    }
    for (const [name, elapsed, reported, charged] of [
      ['are the reported ones', 300, 200, 200],
      ['never exceed the time since the start', 300, 4_000_000_000, 300],
      ['never exceed the allowed ones', 900, 800, 600],
      ['may be none', 300, 0, 0],
    ] as const) {
      it(name, async () => {
        const { job, changes } = await chargedFor(elapsed, reported)
        expect(changes).to.deep.equal(settled(grid, job, charged))
      })
    }
  })

  describe('outcomes', () => {
    it('of FINISHED have the exit code 0', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await expect(report(grid, job, 'FINISHED', { exitCode: 1 }))
        .to.be.revertedWithCustomError(grid.jobs, 'ExitCodeMismatch')
        .withArgs(job.id, statusNumber('FINISHED'), 1)
    })
    it('of FAILED have another', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await expect(report(grid, job, 'FAILED'))
        .to.be.revertedWithCustomError(grid.jobs, 'ExitCodeMismatch')
        .withArgs(job.id, statusNumber('FAILED'), 0)
    })
    it('of OUT_OF_CREDITS have used all but a minute of the time', async () => {
      for (const used of [539, 540]) {
        const job = await driveTo(grid, 'RUNNING')
        await nextBlockAt((await sinceOf(grid, job)) + used)
        const sent = expect(report(grid, job, 'OUT_OF_CREDITS', { secondsUsed: 600 }))
        if (used === 540) await sent.to.emit(grid.jobs, 'JobEnded')
        else await sent.to.be.revertedWithCustomError(grid.jobs, 'CreditsNotUsedUp').withArgs(job.id, 539, 600)
      }
    })
    it('of CANCELLED were asked for', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await expect(report(grid, job, 'CANCELLED'))
        .to.be.revertedWithCustomError(grid.jobs, 'CancelNotRequested')
        .withArgs(job.id)
    })
    it('are no return where no attempt is left', async () => {
      const job = await driveTo(grid, 'RUNNING', { maxAttempts: 1 })
      await expect(report(grid, job, 'PENDING'))
        .to.be.revertedWithCustomError(grid.jobs, 'AttemptsUsedUp')
        .withArgs(job.id, 1)
    })
    it('free the definition’s fault of any charge, with its reason', async () => {
      const job = await driveTo(grid, 'META_SCHEDULED')
      const result = ethers.encodeBytes32String('definition-unreadable') as Hex
      const sent = () => report(grid, job, 'FAILED', { result, secondsUsed: 50, exitCode: 9 })
      expect(await changesBy(grid, sent)).to.deep.equal(sumOf(refunded(job), closed(grid)))
    })
  })

  describe('attempts', () => {
    const inSecondAttempt = async () => {
      const job = await driveTo(grid, 'RUNNING')
      await report(grid, job, 'PENDING')
      await assign(grid, job)
      return job
    }

    it('are never mixed: what was signed of the first counts for nothing in the second', async () => {
      const job = await inSecondAttempt()
      const old = await signedReports(grid, [reportOf(job, 'FINISHED', { startedAt: await now(), secondsUsed: 1 })])
      await expect(relay([old], [job]))
        .to.be.revertedWithCustomError(grid.jobs, 'JobWrongAttempt')
        .withArgs(job.id, 1, 2)
      await expect(report(grid, job, 'SCHEDULED', { attempt: 2 }))
        .to.emit(grid.jobs, 'JobScheduled')
        .withArgs(job.id, 1, 2)
    })

    it('belong to their provider: the former one can say nothing of the next', async () => {
      const job = await driveTo(grid, 'META_SCHEDULED')
      await report(grid, job, 'PENDING')
      await assign(grid, job, grid.beta)
      await expect(report(grid, job, 'SCHEDULED', { attempt: 2 }))
        .to.be.revertedWithCustomError(grid.jobs, 'NotJobProvider')
        .withArgs(job.id, grid.alpha.index, grid.beta.index)
    })

    it('start anew: rate, cut and provider of a returned job are gone, its budget is not', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await nextBlockIn(50)
      await report(grid, job, 'PENDING')
      const slot = await jobOf(job)
      expect([slot.status, slot.provider, slot.rate, slot.cutPermille]).to.deep.equal([1n, 0n, 0n, 0n])
      expect(slot.budget).to.equal(job.request.budget)
      expect(slot.since).to.equal(BigInt(await now()))
    })
  })

  describe('terms', () => {
    it('of another job are refused', async () => {
      const [job, other] = [await driveTo(grid, 'RUNNING'), await driveTo(grid, 'PENDING')]
      const batch = await signedReports(grid, [reportOf(job, 'FINISHED')])
      await expect(relay([batch], [other]))
        .to.be.revertedWithCustomError(grid.jobs, 'JobTermsMismatch')
        .withArgs(job.id, other.id)
    })
    it('that are missing are asked for', async () => {
      const job = await driveTo(grid, 'RUNNING')
      await expect(relay([await signedReports(grid, [reportOf(job, 'FINISHED')])]))
        .to.be.revertedWithCustomError(grid.jobs, 'JobTermsMismatch')
        .withArgs(job.id, ethers.ZeroHash)
    })
    it('cannot name another customer to refund', async () => {
      const job = await driveTo(grid, 'RUNNING')
      const forged = { ...job.terms, customer: grid.actors.stranger.address }
      const presented = await grid.jobs.idOfTerms(forged)
      const batch = await signedReports(grid, [reportOf(job, 'FINISHED')])
      await expect(grid.jobs.connect(grid.actors.relayer).report([batch], [forged]))
        .to.be.revertedWithCustomError(grid.jobs, 'JobTermsMismatch')
        .withArgs(job.id, presented)
    })
  })

  describe('signatures', () => {
    const reports = async (): Promise<Report[]> => [reportOf(await driveTo(grid, 'META_SCHEDULED'), 'SCHEDULED')]
    const digestOf = (said: readonly Report[]): Hex =>
      viemHash({
        domain: grid.domain,
        types: REPORTS_TYPES,
        primaryType: 'Reports',
        message: { provider: 1, reports: said.map(reportStruct) },
      })
    const expectInvalid = async (said: readonly Report[], signature: string) => {
      const batch = { provider: 1, reports: said.map(reportStruct), signature }
      await expect(grid.jobs.connect(grid.actors.relayer).report([batch], []))
        .to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
        .withArgs(grid.alpha.signer, digestOf(said))
    }

    it('are the hot key’s: the owner’s is not one', async () => {
      const said = await reports()
      await expectInvalid(said, await signReports(grid.alpha.owner, grid.domain, 1, said))
    })
    it('of another provider are refused', async () => {
      const said = await reports()
      await expectInvalid(said, await signReports(grid.beta.signer, grid.domain, 1, said))
    })
    it('for another chain are refused', async () => {
      const said = await reports()
      await expectInvalid(said, await signReports(grid.alpha.signer, { ...grid.domain, chainId: 1 }, 1, said))
    })
    it('for another contract are refused', async () => {
      const said = await reports()
      const elsewhere = { ...grid.domain, verifyingContract: grid.deployment.credits }
      await expectInvalid(said, await signReports(grid.alpha.signer, elsewhere, 1, said))
    })
    it('that are missing are the sender’s own word, which is nobody else’s', async () => {
      await expectInvalid(await reports(), '0x')
    })
    it('for one array do not pass for a part of it', async () => {
      const said = [...(await reports()), ...(await reports())]
      const signature = await signReports(grid.alpha.signer, grid.domain, 1, said)
      await expectInvalid(said.slice(0, 1), signature)
    })
    it('for an unknown provider are nobody’s', async () => {
      const batch = { provider: 9, reports: (await reports()).map(reportStruct), signature: `0x${'00'.repeat(65)}` }
      await expect(grid.jobs.report([batch], []))
        .to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
        .withArgs(ethers.ZeroAddress, (digest: string) => ethers.isHexString(digest, 32))
    })
    it('are the same to ethers and to viem', async () => {
      const said = await reports()
      const message = { provider: 1, reports: said.map(reportStruct) }
      expect(ethers.TypedDataEncoder.hash(grid.domain, fieldsOf(REPORTS_TYPES), message)).to.equal(digestOf(said))
    })
  })

  describe('a batch', () => {
    it('goes on past refused items, and each report takes its own terms', async () => {
      const [first, wrong, last] = [
        await driveTo(grid, 'RUNNING'),
        await driveTo(grid, 'RUNNING'),
        await driveTo(grid, 'RUNNING'),
      ]
      const queued = await driveTo(grid, 'META_SCHEDULED')
      const batch = await signedReports(grid, [
        reportOf(first, 'FINISHED'),
        reportOf(queued, 'SCHEDULED'),
        reportOf(wrong, 'FINISHED', { exitCode: 7 }),
        reportOf(last, 'FAILED', { exitCode: 7 }),
      ])
      const sent = await relay([batch], [first, wrong, last])
      await expectSkipped(grid, sent, [
        { id: wrong.id, error: 'ExitCodeMismatch', args: [wrong.id, statusNumber('FINISHED'), 7] },
      ])
      const states = await Promise.all([first, queued, wrong, last].map(async (job) => (await jobOf(job)).status))
      expect(states.map(Number)).to.deep.equal(
        (['FINISHED', 'SCHEDULED', 'RUNNING', 'FAILED'] as const).map(statusNumber),
      )
    })

    it('of several providers skips those whose signature is wrong, without losing the order of the terms', async () => {
      const [forged, honest] = [await driveTo(grid, 'RUNNING'), await driveTo(grid, 'RUNNING')]
      const bad = await signedReports(grid, [reportOf(forged, 'FINISHED')])
      const good = await signedReports(grid, [reportOf(honest, 'FINISHED')])
      const digest = viemHash({
        domain: grid.domain,
        types: REPORTS_TYPES,
        primaryType: 'Reports',
        message: { provider: 1, reports: bad.reports },
      })
      const sent = await relay([{ ...bad, signature: good.signature }, good], [forged, honest])
      await expectSkipped(grid, sent, [
        { id: forged.id, error: 'SignatureInvalid', args: [grid.alpha.signer.address, digest] },
      ])
      expect((await jobOf(honest)).status).to.equal(BigInt(statusNumber('FINISHED')))
    })

    it('counts as a sign of life when one of its reports is taken', async () => {
      const job = await driveTo(grid, 'META_SCHEDULED')
      await nextBlockIn(77)
      await report(grid, job, 'SCHEDULED')
      expect(await grid.jobs.lastSeen(grid.alpha.index)).to.equal(BigInt(await now()))
    })

    it('is no sign of life when all of it is refused: a replay keeps nobody alive', async () => {
      const [a, b] = [await driveTo(grid, 'META_SCHEDULED'), await driveTo(grid, 'META_SCHEDULED')]
      const batch = await signedReports(grid, [reportOf(a, 'SCHEDULED'), reportOf(b, 'SCHEDULED')])
      await relay([batch])
      const seen = await grid.jobs.lastSeen(grid.alpha.index)
      await nextBlockIn(50)
      await relay([batch])
      expect(await grid.jobs.lastSeen(grid.alpha.index)).to.equal(seen)
    })
  })
})
