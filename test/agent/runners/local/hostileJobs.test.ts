import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import { readDefinition } from '../../../../agent/gateway/readDefinition.ts'
import { cgroupsOf } from '../../../../agent/runners/local/confinement/cgroups.ts'
import type { Confinement } from '../../../../agent/runners/local/confinement/confinement.ts'
import type { LocalRunner } from '../../../../agent/runners/local/localRunner.ts'
import { confined } from '../../support/confined.ts'
import { request } from '../../support/facts.ts'
import { isRunning, localRunner, order, printed, reached, temporaryDirectory } from '../../support/localExecution.ts'

describe('a hostile job', function () {
  this.timeout(120_000)
  let confinement: Confinement
  let directory: ReturnType<typeof temporaryDirectory>
  let runner: LocalRunner
  const started: string[] = []

  before(function () {
    confinement = confined(this)
  })
  beforeEach(() => {
    directory = temporaryDirectory()
    runner = localRunner(directory.path, 65_536, confinement)
  })
  afterEach(async () => {
    for (const name of started.splice(0)) {
      await runner.cancel(name)
      await reached(runner, name, 'ended')
    }
    directory[Symbol.dispose]()
  })

  const submit = async (script: string, { memPerCpu = 64, timeLimitSeconds = 60 } = {}): Promise<string> => {
    const job = order(script, timeLimitSeconds)
    await runner.submit({ ...job, resources: { ...job.resources, memPerCpu } })
    started.push(job.name)
    return job.name
  }
  const run = async (script: string, options?: { memPerCpu?: number; timeLimitSeconds?: number }) => {
    const name = await submit(script, options)
    const { end } = await reached(runner, name, 'ended')
    return { name, end, log: await runner.logs(name) }
  }
  /** The script of a workflow, as the agent reads it. */
  const rendered = (workflow: string): string => {
    const read = readDefinition(
      Buffer.from(`resources: {tasks: 1, cpusPerTask: 1, memPerCpu: 64}\n${workflow}`),
      request(),
    )
    if (read.kind === 'faulty') throw new Error(read.explanation)
    return read.script
  }
  /** The processes of this machine that carry a word on their command line. */
  const processesWith = (word: string): readonly string[] =>
    readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid) || Number(pid) === process.pid || !isRunning(Number(pid))) return false
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word)
      } catch {
        return false
      }
    })

  it('sees neither the agent’s files nor those of another job', async () => {
    writeFileSync(join(directory.path, 'signer.key'), 'the agent’s key')
    const other = await submit('echo "mine alone" > secret; echo ready; sleep 60')
    await printed(runner, other, 'ready')
    const { log } = await run(
      `cat '${directory.path}/signer.key' /proc/[0-9]*/cwd/secret; ls '${directory.path}' /var/lib; find / -xdev -name secret 2>/dev/null; echo looked`,
    )
    expect(log).to.contain('looked')
    expect(log).not.to.contain('the agent’s key')
    expect(log).not.to.contain('mine alone')
    expect(log.match(/No such file or directory/g)).to.have.length(4)
  })

  it('sees no process but its own, and none of the agent’s environment', async () => {
    const { log } = await run(
      'ls /proc | grep -c "^[0-9]"; cat /proc/*/environ 2> /dev/null | tr "\\0" "\\n" | grep -c "^GRID\\|SIGNER"',
    )
    const [processes, secrets] = log.trim().split('\n').map(Number)
    expect(processes).to.be.below(8)
    expect(secrets).to.equal(0)
  })

  it('is another user than the agent where that is root', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const { log } = await run('id -u; grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status')
    expect(log).to.equal('65534\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\n')
  })

  it('cannot write to the system, and finds its own /tmp empty', async () => {
    const { log } = await run(
      'touch /usr/mine /etc/mine /mine /dev/mine /run/job/script.sh; ls -A /tmp; cd /tmp; touch mine && echo wrote',
    )
    expect(log.match(/Read-only file system|Permission denied/g)).to.have.length(5)
    expect(log).to.match(/script.sh.*\nwrote\n$/)
  })

  it('reaches no network', async () => {
    const { log } = await run(
      'cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d " "; (echo > /dev/tcp/127.0.0.1/22) 2>&1 | tail -1',
    )
    expect(log).to.match(/^lo\n.*Connection refused\n$/)
  })

  describe('that leaves its process group', () => {
    it('is ended with everything that it left, also what cleared its environment', async () => {
      const mark = `stray-${directory.path.split('-').at(-1)}`
      const name = await submit(
        `env -i setsid /bin/bash -c '(exec -a ${mark} sleep 600 &) ; exit' & wait; setsid setsid env -i /bin/bash -c 'trap "" TERM HUP; exec -a ${mark} sleep 600' & echo away; sleep 60`,
      )
      await printed(runner, name, 'away')
      await runner.cancel(name)
      const { end } = await reached(runner, name, 'ended')
      expect(end.reason).to.equal('cancelled')
      expect(processesWith(mark)).to.deep.equal([])
    })

    it('leaves nothing behind when it ends by itself', async () => {
      const mark = `stray-${directory.path.split('-').at(-1)}`
      const { end } = await run(`(env -i setsid /bin/bash -c 'exec -a ${mark} sleep 600' &) ; sleep 0.1; exit 4`)
      expect(end).to.include({ reason: 'exited', exitCode: 4 })
      expect(processesWith(mark)).to.deep.equal([])
    })

    it('has time to tidy up, and none beyond the grace', async () => {
      const name = await submit('trap "echo tidied" TERM; echo up; while true; do sleep 0.05; done')
      await printed(runner, name, 'up')
      await runner.cancel(name)
      const { end } = await reached(runner, name, 'ended')
      expect(end).to.include({ reason: 'cancelled', exitCode: 137 })
      expect(await runner.logs(name)).to.match(/^up\n(Terminated\n)?tidied\n$/)
    })
  })

  it('that ignores SIGTERM at its time limit is killed, and pays for its seconds', async () => {
    const { end } = await run('trap "" TERM; while true; do sleep 0.1; done', { timeLimitSeconds: 1 })
    expect(end).to.include({ reason: 'time-limit', exitCode: 137, secondsUsed: 1 })
  })

  it('that prints a gigabyte is kept short and ends as it would', async () => {
    const { end, log } = await run('head -c 1000000000 /dev/zero; exit 5')
    expect(end).to.include({ reason: 'exited', exitCode: 5 })
    expect(log.length).to.be.at.most(65_536)
    expect(log).to.match(/\[output truncated: \d+ of 1000000000 bytes kept\]\n$/)
  })

  it('that fills its disk with one file is stopped by the kernel', async () => {
    const { end, log } = await run(
      'dd if=/dev/zero of=big bs=1M count=100 status=none; echo "dd: $?"; du -m big | cut -f1; exit 6',
    )
    expect(end).to.include({ reason: 'exited', exitCode: 6 })
    expect(log).to.contain('dd: 153')
    expect(Number(log.trim().split('\n').at(-1))).to.be.at.most(32)
  })

  it('that fills its disk with many files is ended and told so', async () => {
    const { end, log } = await run(
      'trap "" TERM; for i in $(seq 20); do head -c 4M /dev/zero > /tmp/$i; done; echo full; sleep 60; exit 0',
    )
    expect(end).to.include({ reason: 'exited', exitCode: 137 })
    expect(log).to.match(/\[ended: its files took more than the 32 MB that a job may have on disk\]\n$/)
  })

  it('that hides its files by removing them while they are open is ended all the same', async () => {
    const { end, log } = await run(
      'for i in 1 2 3; do exec {fd}> hidden; rm hidden; head -c 16M /dev/zero >&$fd; done; echo hidden; sleep 60',
    )
    expect(end.exitCode).to.be.above(128)
    expect(log).to.contain('[ended: its files took more than')
  })

  it('that takes more memory than it pays for is ended and told so', async function () {
    if (confinement.cgroups?.memory === undefined) return this.skip()
    const { end, log } = await run('x=$(head -c 300000000 /dev/zero | tr "\\0" x); echo "$x" | wc -c')
    expect(end).to.include({ reason: 'exited', exitCode: 137 })
    expect(log).to.contain('[out of memory: it needed more than the 64 MB that it pays for]')
  })

  it('that fills the shared memory gets no more than it pays for', async () => {
    const { end, log } = await run('head -c 300000000 /dev/zero > /dev/shm/x; du -m /dev/shm/x; exit 9', {
      memPerCpu: 32,
    })
    const isCutShort = end.exitCode === 9 && Number(log.match(/^(\d+)\t/m)?.[1]) <= 32
    expect(isCutShort || end.exitCode === 137, log).to.equal(true)
  })

  it('that forks without end reaches a limit and is ended with all its children', async () => {
    const mark = `bomb-${directory.path.split('-').at(-1)}`
    const name = await submit(`for i in $(seq 500); do (exec -a ${mark} sleep 600) & done; echo forked; wait`)
    await printed(runner, name, 'Resource temporarily unavailable')
    expect(processesWith(mark).length).to.be.within(1, 64)
    await runner.cancel(name)
    await reached(runner, name, 'ended')
    expect(processesWith(mark)).to.deep.equal([])
  })

  it('that takes more cpus than it pays for gets no more of them', async function () {
    if (confinement.cgroups?.cpu === undefined) this.skip()
    const name = await submit('while true; do :; done & while true; do :; done & echo busy; sleep 60')
    await printed(runner, name, 'busy')
    const [cgroup] = cgroupsOf({ version: 1, cpu: confinement.cgroups?.cpu ?? '' }, name)
    const quota = readFileSync(join(cgroup ?? '', 'cpu.cfs_quota_us'), 'utf8').trim()
    expect(quota).to.equal('100000')
  })

  it('leaves no control group behind', async () => {
    const { name } = await run('echo done')
    for (const cgroup of cgroupsOf(confinement.cgroups, name)) expect(existsSync(cgroup), cgroup).to.equal(false)
  })

  it('whose definition tries to break out of its script runs what it says, and nothing else', async () => {
    const breakout = `'; touch broken; echo "$(touch broken)" \`touch broken\` EOF ' " \\ # `
    const env = [{ key: 'EVIL', value: `${breakout}\nEOF\n` }]
    const steps = [
      { name: breakout, run: { command: 'printf "%s" "$EVIL" "$ALSO"', env: [{ key: 'ALSO', value: breakout }] } },
      { run: { command: 'test ! -e broken && echo unbroken' } },
    ]
    const { end, log } = await run(rendered(`env: ${JSON.stringify(env)}\nsteps: ${JSON.stringify(steps)}`))
    expect(end).to.include({ exitCode: 0 })
    expect(log).to.equal(`${breakout}\nEOF\n${breakout}unbroken\n`)
  })

  it('with a line break in a name is no definition', () => {
    expect(() => rendered('steps: [{name: "one\\ntwo", run: {command: "true"}}]')).to.throw('definition-invalid')
  })

  it('with 10,000 environment variables in its definition is told what is too much', () => {
    const env = Array.from({ length: 10_000 }, (_, index) => `- {key: V${index}, value: x}`).join('\n')
    expect(() => rendered(`env:\n${env}\nsteps: [{run: {command: "true"}}]`)).to.throw('a workflow has at most')
  })

  const withVariables = async (length: number): Promise<string> => {
    const env = Array.from({ length: 10_000 }, (_, index) => [`VARIABLE_${index}`, 'x'.repeat(length)])
    const job = { ...order('env | grep -c ^VARIABLE_'), env: Object.fromEntries(env) }
    await runner.submit({ ...job, resources: { ...job.resources, memPerCpu: 64 } })
    started.push(job.name)
    return job.name
  }

  it('with 10,000 environment variables runs', async () => {
    const name = await withVariables(20)
    expect((await reached(runner, name, 'ended')).end).to.include({ exitCode: 0 })
    expect(await runner.logs(name)).to.equal('10000\n')
  })

  it('with more environment than the kernel takes fails and is told why', async () => {
    const name = await withVariables(400)
    expect((await reached(runner, name, 'ended')).end).to.include({ reason: 'exited', exitCode: 126 })
    expect(await runner.logs(name)).to.contain('Argument list too long')
  })

  it('whose supervisor is killed dies with it', async () => {
    const mark = `orphan-${directory.path.split('-').at(-1)}`
    const name = await submit(`(exec -a ${mark} sleep 600) & echo up; wait`)
    await printed(runner, name, 'up')
    const { pid } = JSON.parse(readFileSync(join(directory.path, 'executions', name, 'supervisor.json'), 'utf8'))
    process.kill(pid, 'SIGKILL')
    await reached(runner, name, 'lost')
    await runner.cancel(name)
    expect((await reached(runner, name, 'ended')).end).to.include({ reason: 'lost', secondsUsed: 0 })
    expect(processesWith(mark)).to.deep.equal([])
  })

  it('that locks its directories is forgotten all the same', async () => {
    const { name } = await run('mkdir -p a/b; touch a/b/c; chmod 000 a/b a')
    await runner.forget(name)
    expect(existsSync(join(directory.path, 'executions', name))).to.equal(false)
  })
})
