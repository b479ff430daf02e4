import { expect } from 'chai'
import { keccak256, toUtf8Bytes } from 'ethers'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { Runner } from '../../../agent/runners/runner.ts'
import { order, printed, reached } from '../support/localExecution.ts'

/** A runner of its own for one test. */
export interface RunnerUnderTest extends AsyncDisposable {
  readonly runner: Runner
  /** Another runner on the same state, as after a restart of the agent. */
  again(): Runner
  /** Folder in which scripts may write what a test then reads. */
  readonly scratch: string
  /** Lines that scripts wrote into a file of that folder. */
  lines(file: string): readonly string[]
}

/** Seconds that the metered time may differ from the time that passed. */
const METER_TOLERANCE = 5

/** What every runner must do, whatever it runs jobs on. */
export function itKeepsTheRunnerContract(open: () => Promise<RunnerUnderTest>): void {
  describe('as a runner', () => {
    let under: RunnerUnderTest
    let runner: Runner
    const started: string[] = []

    const submit = async (script: string, timeLimitSeconds?: number): Promise<string> => {
      const job = order(script, timeLimitSeconds)
      started.push(job.name)
      await runner.submit(job)
      return job.name
    }

    beforeEach(async () => {
      under = await open()
      runner = under.runner
    })

    afterEach(async () => {
      for (const name of started.splice(0)) {
        await runner.cancel(name)
        if ((await runner.inspect(name)) !== undefined) await reached(runner, name, 'ended')
      }
      await under[Symbol.asyncDispose]()
    })

    it('captures both outputs in order, names them by their hash, and says that the script exited with 0', async () => {
      const name = await submit('echo one; echo grüße >&2; echo three')
      const { end } = await reached(runner, name, 'ended')
      expect(end).to.include({ reason: 'exited', exitCode: 0 })
      expect(end.secondsUsed).to.be.at.most(METER_TOLERANCE)
      expect(await runner.logs(name)).to.equal('one\ngrüße\nthree\n')
      expect(end.output).to.equal(keccak256(toUtf8Bytes('one\ngrüße\nthree\n')))
    })

    it('reports another exit code as it is, and one that a signal ended as 128 and the signal', async () => {
      const [failing, killed] = [await submit('exit 3'), await submit('kill -KILL $$')]
      expect((await reached(runner, failing, 'ended')).end).to.include({ reason: 'exited', exitCode: 3 })
      expect((await reached(runner, killed, 'ended')).end).to.include({ reason: 'exited', exitCode: 137 })
    })

    it('tells the script which execution it is, and nothing of the agent’s environment', async () => {
      process.env['GRID_TEST_SECRET'] = 'not for jobs'
      const name = await submit('env')
      await reached(runner, name, 'ended')
      delete process.env['GRID_TEST_SECRET']
      const log = await runner.logs(name)
      expect(log).to.contain(`DEEPSQUARE_EXECUTION=${name}\n`)
      expect(log).not.to.contain('GRID_TEST_SECRET')
    })

    it('gives the script what its order sets, whatever the text', async () => {
      const job = { ...order('printf "%s" "$TRICKY"'), env: { TRICKY: `a'b"c$(touch x)\nd\\` } }
      started.push(job.name)
      await runner.submit(job)
      await reached(runner, job.name, 'ended')
      expect(await runner.logs(job.name)).to.equal(`a'b"c$(touch x)\nd\\`)
    })

    it('knows an execution only once it was submitted', async () => {
      expect(await runner.inspect(order('true').name)).to.equal(undefined)
      expect(await runner.list()).to.deep.equal([])
    })

    it('refuses a name that is not one of an execution', async () => {
      const error = await runner.inspect('../../etc').catch((reason: unknown) => reason)
      expect(error).to.be.instanceOf(RangeError)
    })

    it('ends a script at its time limit, also one that ignores SIGTERM', async () => {
      const name = await submit('trap "" TERM; echo started; while true; do sleep 0.1; done', 1)
      const { end } = await reached(runner, name, 'ended')
      expect(end.reason).to.equal('time-limit')
      expect(end.secondsUsed).to.be.within(1, 1 + METER_TOLERANCE)
      expect(await runner.logs(name)).to.equal('started\n')
    })

    it('lets the script run on when its limit is raised while it runs', async () => {
      const name = await submit('echo up; sleep 3; echo done', 2)
      await printed(runner, name, 'up')
      await runner.extend(name, 60)
      const { end, timeLimitSeconds } = await reached(runner, name, 'ended')
      expect(end).to.include({ reason: 'exited', exitCode: 0 })
      expect(timeLimitSeconds).to.equal(60)
    })

    it('takes no lower limit', async () => {
      const name = await submit('sleep 60', 60)
      await runner.extend(name, 30)
      expect((await runner.inspect(name))?.timeLimitSeconds).to.equal(60)
    })

    it('ends a running execution that is cancelled with everything that it started', async () => {
      const name = await submit(
        `(trap "" TERM; while true; do echo beat >>${under.scratch}/beats; sleep 0.05; done) & echo up; wait`,
      )
      await printed(runner, name, 'up')
      await runner.cancel(name)
      expect((await reached(runner, name, 'ended')).end).to.include({ reason: 'cancelled' })
      const beats = under.lines('beats').length
      await reached(runner, await submit('sleep 0.3'), 'ended')
      expect(under.lines('beats')).to.have.length(beats)
    })

    it('can be asked to cancel again without another effect', async () => {
      const name = await submit('sleep 60')
      await Promise.all([runner.cancel(name), runner.cancel(name)])
      const { end } = await reached(runner, name, 'ended')
      await runner.cancel(name)
      expect((await reached(runner, name, 'ended')).end).to.deep.equal(end)
      expect(end.reason).to.equal('cancelled')
    })

    it('ends what a finished script left in the background', async () => {
      const name = await submit(`(while true; do echo beat >>${under.scratch}/left; sleep 0.05; done) & exit 0`)
      expect((await reached(runner, name, 'ended')).end).to.include({ reason: 'exited', exitCode: 0 })
      const beats = under.lines('left').length
      await reached(runner, await submit('sleep 0.3'), 'ended')
      expect(under.lines('left')).to.have.length(beats)
    })

    it('runs a name that is submitted twice once, also after a restart and after it was forgotten', async () => {
      const job = order(`echo ran >>${under.scratch}/runs; sleep 0.2`)
      await runner.submit(job)
      await under.again().submit(job)
      await runner.submit(job)
      const ended = await reached(runner, job.name, 'ended')
      await runner.forget(job.name)
      await runner.submit(job)
      expect(await runner.list()).to.deep.equal([])
      expect(await runner.inspect(job.name)).to.deep.equal(ended)
      expect(under.lines('runs')).to.deep.equal(['ran'])
    })

    it('does not forget an execution that runs', async () => {
      const name = await submit('sleep 60')
      await reached(runner, name, 'running')
      await runner.forget(name)
      expect((await runner.inspect(name))?.state).to.equal('running')
    })

    it('keeps the first part of long output and says how much is left out', async () => {
      const name = await submit('head -c 1000000 /dev/zero | tr "\\0" "x"')
      await reached(runner, name, 'ended')
      const log = await runner.logs(name)
      expect(Buffer.byteLength(log)).to.be.at.most(65_536)
      expect(log).to.match(/\n\[output truncated: \d+ of 1000000 bytes kept\]\n$/)
    })

    it('keeps output that is no text as valid UTF-8', async () => {
      const name = await submit(`printf 'a\\377b'`)
      await reached(runner, name, 'ended')
      expect(await runner.logs(name)).to.equal('a\ufffdb')
    })

    it('hands out the bytes that were printed from a given one on, while it runs and when it has ended', async () => {
      const name = await submit(`printf 'a\\303\\251b\\n'; echo up; sleep 60`)
      await printed(runner, name, 'up')
      expect(Buffer.from(await runner.output(name, 1, 2)).toString()).to.equal('é')
      expect(Buffer.from(await runner.output(name, 3, 100)).toString()).to.equal('b\nup\n')
      expect(await runner.output(name, 8, 100)).to.have.length(0)
      await runner.cancel(name)
      await reached(runner, name, 'ended')
      expect(Buffer.from(await runner.output(name, 3, 100)).toString()).to.equal('b\nup\n')
    })

    it('has no bytes of an execution that it does not know', async () => {
      expect(await runner.output(order('true').name, 0, 100)).to.have.length(0)
    })

    it('finds a running execution again after a restart, and then its exit code', async () => {
      const name = await submit('echo up; sleep 1; exit 4')
      await printed(runner, name, 'up')
      const later = under.again()
      expect((await later.list())[0]).to.include({ name, state: 'running' })
      expect((await reached(later, name, 'ended')).end).to.include({ reason: 'exited', exitCode: 4 })
    })
  })
}
