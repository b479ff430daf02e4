import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { keccak256, toUtf8Bytes } from 'ethers'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { LocalRunner } from '../../../../agent/runners/local/localRunner.ts'
import {
  gone,
  isRunning,
  localRunner,
  order,
  printed,
  printedPid,
  reached,
  temporaryDirectory,
} from '../../support/localExecution.ts'

describe('localRunner', function () {
  this.timeout(120_000)
  let directory: ReturnType<typeof temporaryDirectory>
  let runner: LocalRunner
  const started: string[] = []

  const submit = async (script: string, timeLimitSeconds?: number): Promise<string> => {
    const job = order(script, timeLimitSeconds)
    started.push(job.name)
    await runner.submit(job)
    return job.name
  }

  const supervisorOf = (name: string): number =>
    JSON.parse(readFileSync(join(directory.path, 'executions', name, 'supervisor.json'), 'utf8')).pid

  beforeEach(() => {
    directory = temporaryDirectory()
    runner = localRunner(directory.path)
  })

  afterEach(async () => {
    for (const name of started.splice(0)) {
      await runner.cancel(name)
      if ((await runner.inspect(name)) !== undefined) await reached(runner, name, 'ended')
    }
    directory[Symbol.dispose]()
  })

  it('captures both outputs in order and the exit code 0', async () => {
    const name = await submit('echo one; echo two >&2; echo three')
    const { end } = await reached(runner, name, 'ended')
    expect(end).to.include({ reason: 'exited', exitCode: 0, secondsUsed: 0 })
    expect(await runner.logs(name)).to.equal('one\ntwo\nthree\n')
  })

  it('names the kept output by its hash', async () => {
    const name = await submit('echo grüße')
    const { end } = await reached(runner, name, 'ended')
    expect(end.output).to.equal(keccak256(toUtf8Bytes('grüße\n')))
  })

  it('reports another exit code as it is', async () => {
    const { end } = await reached(runner, await submit('exit 3'), 'ended')
    expect(end).to.include({ reason: 'exited', exitCode: 3 })
  })

  it('reports a script that a signal ended as 128 and the signal', async () => {
    const { end } = await reached(runner, await submit('kill -KILL $$'), 'ended')
    expect(end).to.include({ reason: 'exited', exitCode: 137 })
  })

  it('gives the script its own directory and only its own environment', async () => {
    process.env['GRID_TEST_SECRET'] = 'not for jobs'
    const name = await submit('pwd; env | cut -d= -f1 | sort | tr "\\n" " "')
    await reached(runner, name, 'ended')
    delete process.env['GRID_TEST_SECRET']
    const [where, variables] = (await runner.logs(name)).split('\n')
    expect(where).to.equal(join(directory.path, 'executions', name, 'home'))
    expect(variables?.trim().split(' ')).to.have.members([
      'DEEPSQUARE_ATTEMPT',
      'DEEPSQUARE_EXECUTION',
      'DEEPSQUARE_JOB_ID',
      'HOME',
      'LANG',
      'PATH',
      'PWD',
      'SHLVL',
      '_',
    ])
  })

  it('keeps the environment of the supervisor free of the agent’s', async () => {
    process.env['GRID_TEST_SECRET'] = 'not for jobs'
    const name = await submit('sleep 60')
    await reached(runner, name, 'running')
    delete process.env['GRID_TEST_SECRET']
    expect(readFileSync(`/proc/${supervisorOf(name)}/environ`, 'utf8')).not.to.contain('GRID_TEST_SECRET')
  })

  it('knows an execution only once it was submitted', async () => {
    expect(await runner.inspect(order('true').name)).to.equal(undefined)
    expect(await runner.list()).to.deep.equal([])
  })

  it('refuses a name that is not one of an execution', async () => {
    const error = await runner.inspect('../../etc').then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).to.be.instanceOf(RangeError)
  })

  describe('when the time limit is reached', () => {
    it('ends the script and says so, with the seconds used', async () => {
      const name = await submit('echo started; sleep 60', 1)
      const { end } = await reached(runner, name, 'ended')
      expect(end).to.include({ reason: 'time-limit', secondsUsed: 1, exitCode: 143 })
      expect(await runner.logs(name)).to.equal('started\n')
    })

    it('ends a script that ignores SIGTERM', async () => {
      const name = await submit('trap "" TERM; echo pid=$$; while true; do sleep 0.1; done', 1)
      const pid = await printedPid(runner, name, 'pid')
      const { end } = await reached(runner, name, 'ended')
      expect(end).to.include({ reason: 'time-limit', exitCode: 137 })
      expect(isRunning(pid)).to.equal(false)
    })
  })

  describe('when the time limit is raised', () => {
    it('lets the script run on', async () => {
      const name = await submit('sleep 1.5; echo done', 1)
      await reached(runner, name, 'running')
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
  })

  describe('when it is cancelled', () => {
    it('ends the whole process group, also a child that ignores SIGTERM', async () => {
      const name = await submit('(trap "" TERM; while true; do sleep 0.1; done) & echo child=$!; wait')
      const child = await printedPid(runner, name, 'child')
      await runner.cancel(name)
      const { end } = await reached(runner, name, 'ended')
      expect(end).to.include({ reason: 'cancelled' })
      expect(isRunning(child)).to.equal(false)
    })

    it('ends a process that left the session of the script', async () => {
      const name = await submit('setsid bash -c "echo child=\\$\\$; exec sleep 61" & sleep 60')
      const child = await printedPid(runner, name, 'child')
      await runner.cancel(name)
      await reached(runner, name, 'ended')
      expect(isRunning(child)).to.equal(false)
    })

    it('can be asked again without another effect', async () => {
      const name = await submit('sleep 60')
      await reached(runner, name, 'running')
      await Promise.all([runner.cancel(name), runner.cancel(name)])
      const { end } = await reached(runner, name, 'ended')
      await runner.cancel(name)
      expect((await reached(runner, name, 'ended')).end).to.deep.equal(end)
    })

    it('never starts one whose supervisor has not taken it up', async () => {
      const job = order('echo ran')
      await Promise.all([runner.submit(job), runner.cancel(job.name)])
      await runner.cancel(job.name)
      const { end } = await reached(runner, job.name, 'ended')
      expect(end).to.include({ reason: 'cancelled' })
    })
  })

  it('ends what a finished script left in the background', async () => {
    const name = await submit('sleep 62 & echo child=$!')
    const child = await printedPid(runner, name, 'child')
    const { end } = await reached(runner, name, 'ended')
    expect(end).to.include({ reason: 'exited', exitCode: 0 })
    expect(isRunning(child)).to.equal(false)
  })

  describe('when a name is submitted twice', () => {
    it('runs once', async () => {
      const job = order(`echo ran >> "$HOME/../../../runs"; sleep 0.2`)
      const other = localRunner(directory.path)
      await Promise.all([runner.submit(job), other.submit(job), runner.submit(job)])
      await reached(runner, job.name, 'ended')
      await runner.submit(job)
      expect(readFileSync(join(directory.path, 'runs'), 'utf8')).to.equal('ran\n')
      expect((await runner.list()).map(({ name }) => name)).to.deep.equal([job.name])
    })

    it('does not run again after it was forgotten', async () => {
      const job = order(`echo ran >> "$HOME/../../../runs"`)
      await runner.submit(job)
      const before = await reached(runner, job.name, 'ended')
      await runner.forget(job.name)
      await runner.submit(job)
      expect(await runner.list()).to.deep.equal([])
      expect(await runner.inspect(job.name)).to.deep.equal(before)
      expect(readdirSync(join(directory.path, 'executions'))).to.deep.equal([])
      expect(readFileSync(join(directory.path, 'runs'), 'utf8')).to.equal('ran\n')
    })
  })

  it('runs nothing a second time when it dies while it forgets, and then finishes that', async () => {
    const job = order(`echo ran >> "$HOME/../../../runs"`)
    await runner.submit(job)
    const before = await reached(runner, job.name, 'ended')
    const files = join(directory.path, 'executions', job.name)
    const left = readFileSync(join(files, 'spec.json'))
    await runner.forget(job.name)
    // As a removal leaves it that was cut short: the specification, and nothing of a start or an end.
    mkdirSync(files)
    writeFileSync(join(files, 'spec.json'), left)

    for (const survivor of [runner, localRunner(directory.path)]) {
      await survivor.resume(job.name)
      await survivor.cancel(job.name)
      await survivor.submit(job)
      expect(await survivor.inspect(job.name)).to.deep.equal(before)
      expect(await survivor.list()).to.deep.equal([])
    }
    expect(readdirSync(join(directory.path, 'executions'))).to.deep.equal([])
    expect(readFileSync(join(directory.path, 'runs'), 'utf8')).to.equal('ran\n')
  })

  it('does not forget an execution that runs', async () => {
    const name = await submit('sleep 60')
    await reached(runner, name, 'running')
    await runner.forget(name)
    expect(existsSync(join(directory.path, 'executions', name))).to.equal(true)
  })

  it('keeps the first part of long output and says how much is left out', async () => {
    const name = await submit('head -c 1000000 /dev/zero | tr "\\0" "é"')
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

  it('hands out the bytes that were printed from a given one on, while it runs', async () => {
    const name = await submit(`printf 'a\\303\\251b\\n'; echo up; sleep 60`)
    await printed(runner, name, 'up')
    expect(Buffer.from(await runner.output(name, 1, 2)).toString()).to.equal('é')
    expect(Buffer.from(await runner.output(name, 3, 100)).toString()).to.equal('b\nup\n')
    expect(await runner.output(name, 8, 100)).to.have.length(0)
  })

  it('has no bytes of an execution that it does not know', async () => {
    expect(await runner.output(order('true').name, 0, 100)).to.have.length(0)
  })

  it('finds a running execution again from another instance', async () => {
    const name = await submit('echo up; sleep 60; exit 4')
    await printed(runner, name, 'up')
    const later = localRunner(directory.path)
    const [found] = await later.list()
    expect(found).to.include({ name, state: 'running' })
  })

  describe('when the supervisor was killed', () => {
    it('takes the execution for lost and ends what is left of it', async () => {
      const name = await submit('echo pid=$$; sleep 60')
      const pid = await printedPid(runner, name, 'pid')
      process.kill(supervisorOf(name), 'SIGKILL')
      await reached(runner, name, 'lost')
      expect(isRunning(pid)).to.equal(true)
      await runner.cancel(name)
      const { end } = await reached(runner, name, 'ended')
      expect(end).to.include({ reason: 'lost', secondsUsed: 0 })
      expect(await gone(pid)).to.equal(true)
    })

    it('does not take another process with its id for it', async () => {
      const name = await submit('sleep 60')
      await reached(runner, name, 'running')
      const lock = join(directory.path, 'executions', name, 'supervisor.json')
      const supervisor = supervisorOf(name)
      const identity = JSON.parse(readFileSync(lock, 'utf8'))
      writeFileSync(lock, JSON.stringify({ ...identity, startTime: '1' }))
      expect(await runner.inspect(name)).to.include({ state: 'lost' })
      expect(isRunning(supervisor)).to.equal(true)
      writeFileSync(lock, JSON.stringify(identity))
    })
  })

  it('ends an execution as lost when the machine shuts its supervisor down', async () => {
    const name = await submit('sleep 60')
    await reached(runner, name, 'running')
    process.kill(supervisorOf(name), 'SIGTERM')
    const { end } = await reached(runner, name, 'ended')
    expect(end).to.include({ reason: 'lost' })
  })

  it('says that a script could not be started', async () => {
    const job = { ...order('true'), env: { BROKEN: 'a\0b' } }
    await runner.submit(job)
    const { end } = await reached(runner, job.name, 'ended')
    expect(end).to.include({ reason: 'not-started', startedAt: 0, secondsUsed: 0 })
  })
})
