import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, afterEach, before, describe, it } from 'mocha'
import type { Runner } from '../../../../agent/runners/runner.ts'
import type { Site } from '../../../../agent/runners/slurm/site.ts'
import { METER_TOLERANCE_SECONDS } from '../../../../agent/runners/slurm/slurmStates.ts'
import { slurmRecords, stillQueued } from '../../../../scripts/slurm/audit.ts'
import { eventually } from '../../support/eventually.ts'
import { order, printed, reached } from '../../support/localExecution.ts'
import {
  needsSlurm,
  type RunnerChoice,
  type SlurmGround,
  slurmGround,
  slurmRunner,
} from '../../support/slurmExecution.ts'

describe('slurmRunner on a Slurm where things go wrong', function () {
  needsSlurm(this)
  this.timeout(120_000)
  let ground: SlurmGround
  let open: ReturnType<typeof slurmRunner>[] = []

  before(async () => {
    const preemption = ['PreemptType=preempt/partition_prio', 'PreemptMode=CANCEL']
    const urgent = 'PartitionName=urgent Nodes=alpha[1-2] MaxTime=INFINITE State=UP PriorityTier=100'
    ground = await slurmGround({ extra: [...preemption, urgent] })
  })
  after(() => ground?.[Symbol.asyncDispose]())
  afterEach(async () => {
    for (const under of open) await under[Symbol.asyncDispose]()
    open = []
  })

  const openRunner = (choice: RunnerChoice = {}): ReturnType<typeof slurmRunner> => {
    const under = slurmRunner(ground, choice)
    open.push(under)
    return under
  }
  const scontrol = (...args: readonly string[]): Promise<string> => ground.cluster.run('scontrol', ...args)
  const idOf = async (name: string): Promise<string> =>
    (await ground.cluster.run('squeue', '-h', '-a', '-t', 'all', `--name=${name}`, '-o', '%i')).trim()
  const endOf = async (runner: Runner, name: string) => (await reached(runner, name, 'ended')).end

  /** Executions that Slurm’s own records know under a name. */
  const recorded = async (name: string): Promise<number> =>
    (await slurmRecords(ground.cluster)).filter((job) => job.name === name).length

  it('runs the tasks of a job on several nodes, with the gpus that it asked for', async () => {
    const { runner } = openRunner()
    const job = order("srun bash -c 'echo node=$SLURMD_NODENAME'; echo gpus=$SLURM_GPUS")
    await runner.submit({ ...job, resources: { tasks: 2, cpusPerTask: 8, memPerCpu: 16, gpus: 2 } })
    expect(await endOf(runner, job.name)).to.include({ reason: 'exited', exitCode: 0 })
    expect((await runner.logs(job.name)).trim().split('\n').sort()).to.deep.equal([
      'gpus=2',
      'node=alpha1',
      'node=alpha2',
    ])
  })

  it('takes back a job that Slurm refuses, at once and without a run', async () => {
    const { runner } = openRunner()
    const job = order('true')
    await runner.submit({ ...job, resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 10_000_000, gpus: 0 } })
    expect(await endOf(runner, job.name)).to.include({ reason: 'not-started', startedAt: 0, secondsUsed: 0 })
  })

  it('keeps a job that the operator holds queued until it is released', async () => {
    const { runner } = openRunner({ runner: { placement: { ...NOWHERE, extra: ['--hold'] } } })
    const job = order('true')
    await runner.submit(job)
    await reached(runner, job.name, 'queued')
    await scontrol('release', await idOf(job.name))
    expect(await endOf(runner, job.name)).to.include({ reason: 'exited', exitCode: 0 })
  })

  it('cancels a job that waits, and one that is already ending', async () => {
    const { runner } = openRunner({ runner: { placement: { ...NOWHERE, extra: ['--hold'] } } })
    const waiting = order('true')
    await runner.submit(waiting)
    await reached(runner, waiting.name, 'queued')
    await runner.cancel(waiting.name)
    expect(await endOf(runner, waiting.name)).to.include({ reason: 'cancelled', startedAt: 0, secondsUsed: 0 })
    const ending = order('trap "" TERM; echo up; while true; do sleep 0.1; done')
    const { runner: other } = openRunner()
    await other.submit(ending)
    await printed(other, ending.name, 'up')
    await ground.cluster.run('scancel', await idOf(ending.name))
    await other.cancel(ending.name)
    expect(await endOf(other, ending.name)).to.include({ reason: 'cancelled' })
    expect((await stillQueued(ground.cluster)).map(({ name }) => name)).not.to.include(ending.name)
  })

  it('says that a job which a more urgent one pushed out was lost', async () => {
    const { runner } = openRunner()
    const job = order('echo up; sleep 600')
    await runner.submit({ ...job, resources: { tasks: 2, cpusPerTask: 8, memPerCpu: 16, gpus: 0 } })
    await printed(runner, job.name, 'up')
    await ground.cluster.run('sbatch', '-p', 'urgent', '-n', '16', '-o', '/dev/null', '--chdir=/', '--wrap', 'true')
    expect(await endOf(runner, job.name)).to.include({ reason: 'lost' })
  })

  it('does not bill a job that removes its record, or forges it, by what it says', async () => {
    const { runner } = openRunner()
    const removing = order('folder=$(dirname "$HOME"); cd /; rm -rf "$folder"; sleep 8; exit 222')
    const forging = order(
      '(while true; do echo "seconds 0" >>"$HOME/../end"; sleep 0.1; done) & sleep 8; kill -KILL $PPID',
    )
    await Promise.all([runner.submit(removing), runner.submit(forging)])
    expect((await endOf(runner, removing.name)).secondsUsed).to.be.at.least(8 - METER_TOLERANCE_SECONDS)
    expect((await endOf(runner, removing.name)).reason).to.equal('exited')
    expect((await endOf(runner, forging.name)).secondsUsed).to.be.at.least(8 - METER_TOLERANCE_SECONDS)
  })

  it('does not start a job whose shared directory takes nothing, and gives it back', async () => {
    const { runner, shared } = openRunner()
    chmodSync(shared, 0o555)
    const job = order('true')
    await runner.submit(job)
    expect(await endOf(runner, job.name)).to.include({ reason: 'not-started', startedAt: 0, secondsUsed: 0 })
  })

  it('finds its jobs again by name when its own directory is lost', async () => {
    const under = openRunner()
    const job = order(`echo ran >>${under.scratch}/runs; sleep 2; echo done; exit 5`)
    await under.runner.submit(job)
    await reached(under.runner, job.name, 'running')
    rmSync(under.state, { recursive: true })
    const later = under.again()
    expect(await later.inspect(job.name)).to.include({ name: job.name, attempt: 1, state: 'running' })
    await later.submit(job)
    expect(await endOf(later, job.name)).to.include({ reason: 'exited', exitCode: 5 })
    expect(await later.logs(job.name)).to.equal('done\n')
    expect(under.lines('runs')).to.deep.equal(['ran'])
  })

  describe('when sbatch', () => {
    /** Lets the first sbatch go another way than it should. */
    const firstSbatch = (how: (run: () => ReturnType<Site['attempt']>) => ReturnType<Site['attempt']>) => {
      let isFirst = true
      return (site: Site): Site => ({
        ...site,
        attempt: (user, command, input) => {
          const run = (): ReturnType<Site['attempt']> => site.attempt(user, command, input)
          if (command[0] !== 'sbatch' || !isFirst) return run()
          isFirst = false
          return how(run)
        },
      })
    }
    const killed = { code: null, stdout: Buffer.alloc(0), stderr: '' }
    const resumedToItsEnd = (runner: Runner, name: string) =>
      eventually(
        async () => {
          const execution = await runner.inspect(name)
          if (execution?.state === 'submitting') await runner.resume(name)
          return execution
        },
        (execution) => execution?.state === 'ended',
      )

    it('was accepted but its answer got lost, runs the job once and finds it', async () => {
      const wrap = firstSbatch(async (run) => {
        await run()
        return killed
      })
      const under = openRunner({ wrap })
      const job = order(`echo ran >>${under.scratch}/runs`)
      await under.runner.submit(job)
      expect(await endOf(under.runner, job.name)).to.include({ reason: 'exited', exitCode: 0 })
      expect(under.lines('runs')).to.deep.equal(['ran'])
      expect(await recorded(job.name)).to.equal(1)
    })

    it('never reached Slurm, calls it again', async () => {
      const under = openRunner({ wrap: firstSbatch(async () => killed) })
      const job = order(`echo ran >>${under.scratch}/runs`)
      await under.runner.submit(job)
      await resumedToItsEnd(under.runner, job.name)
      expect(under.lines('runs')).to.deep.equal(['ran'])
      expect(await recorded(job.name)).to.equal(1)
    })

    it('has its effect after the agent has called it again, runs the job once all the same', async () => {
      let late: Promise<unknown> | undefined
      let release = (): void => undefined
      const gate = new Promise<void>((resolve) => {
        release = resolve
      })
      const wrap = firstSbatch(async (run) => {
        late = gate.then(run)
        return killed
      })
      const under = openRunner({ wrap })
      const job = order(`echo ran >>${under.scratch}/runs; sleep 4`)
      await under.runner.submit(job)
      await eventually(
        async () => {
          const execution = await under.runner.inspect(job.name)
          if (execution?.state === 'submitting') await under.runner.resume(job.name)
          return execution
        },
        (execution) => execution?.state === 'running',
      )
      release()
      await late
      expect(await endOf(under.runner, job.name)).to.include({ reason: 'exited', exitCode: 0 })
      await eventually(
        () => stillQueued(ground.cluster),
        (queue) => queue.every(({ name }) => name !== job.name),
      )
      expect(under.lines('runs')).to.deep.equal(['ran'])
    })
  })

  it('does not run a job again that the operator queues again', async () => {
    const under = openRunner()
    const job = order(`echo ran >>${under.scratch}/runs; echo up; sleep 600`)
    await under.runner.submit(job)
    await printed(under.runner, job.name, 'up')
    const slurmId = await idOf(job.name)
    const refusal = await scontrol('requeue', slurmId).catch((error: Error) => error.message)
    expect(refusal).to.match(/disabled/)
    await scontrol('update', `JobId=${slurmId}`, 'Requeue=1')
    await scontrol('requeue', slurmId)
    expect(await endOf(under.runner, job.name)).to.include({ reason: 'lost', exitCode: 0 })
    expect(under.lines('runs')).to.deep.equal(['ran'])
  })

  describe('when a node', () => {
    it('dies, says that the job was lost', async () => {
      const { runner } = openRunner({ runner: { placement: { ...NOWHERE, extra: ['--nodelist=alpha2'] } } })
      const job = order('echo up; sleep 600')
      await runner.submit(job)
      await printed(runner, job.name, 'up')
      await ground.cluster.killNode('alpha2')
      await scontrol('update', 'NodeName=alpha2', 'State=DOWN', 'Reason=dead')
      expect(await endOf(runner, job.name)).to.include({ reason: 'lost' })
      ground.cluster.startNode('alpha2')
      await scontrol('update', 'NodeName=alpha2', 'State=RESUME').catch(() => undefined)
      await idle()
    })

    it('hangs and goes on later, does not count what it then writes', async () => {
      const under = openRunner({ runner: { placement: { ...NOWHERE, extra: ['--nodelist=alpha2'] } } })
      const job = order('echo up; sleep 3; exit 0')
      await under.runner.submit(job)
      await printed(under.runner, job.name, 'up')
      ground.cluster.signalNode('alpha2', 'SIGSTOP')
      await scontrol('update', 'NodeName=alpha2', 'State=DOWN', 'Reason=hung')
      const end = await endOf(under.runner, job.name)
      expect(end.reason).to.equal('lost')
      ground.cluster.signalNode('alpha2', 'SIGCONT')
      await scontrol('update', 'NodeName=alpha2', 'State=RESUME').catch(() => undefined)
      await idle()
      expect(await endOf(under.again(), job.name)).to.deep.equal(end)
    })
  })

  describe('when the controller', () => {
    it('is away, decides nothing, and when it is back knows how the job ended', async () => {
      const { runner } = openRunner({ site: { timeoutSeconds: 2 } })
      const job = order('echo up; sleep 8; exit 6')
      await runner.submit(job)
      await printed(runner, job.name, 'up')
      // What it has not written by itself dies with it.
      const written = join(ground.cluster.shape.folder, 'state/job_state')
      await eventually(
        () => readFileSync(written).includes(job.name),
        (isWritten) => isWritten,
      )
      await ground.cluster.killController()
      const outcome = await runner.list().catch((error: Error) => error.name)
      expect(outcome).to.equal('SlurmUnanswered')
      await ground.cluster.startController()
      expect(await endOf(openRunnerAgain(), job.name)).to.include({ reason: 'exited', exitCode: 6 })

      function openRunnerAgain(): Runner {
        const [first] = open
        if (first === undefined) throw new Error('no runner is open')
        return first.again()
      }
    })

    it('forgets a job that it had accepted and gives its id to another, runs the job once', async () => {
      const under = openRunner({ runner: { placement: { ...NOWHERE, extra: ['--hold'] } } })
      const { cluster } = ground
      const [state, kept] = [join(cluster.shape.folder, 'state'), join(cluster.shape.folder, 'state-before')]
      await cluster.killController()
      mkdirSync(kept)
      cpSync(state, kept, { recursive: true })
      await cluster.startController()
      const job = order(`echo ran >>${under.scratch}/runs`)
      await under.runner.submit(job)
      const slurmId = await idOf(job.name)
      await cluster.killController()
      rmSync(state, { recursive: true })
      cpSync(kept, state, { recursive: true })
      await cluster.startController()
      const usurper = (
        await cluster.run('sbatch', '--parsable', '-o', '/dev/null', '--chdir=/', '--wrap', 'sleep 600')
      ).trim()
      expect(usurper).to.equal(slurmId)
      const again = await eventually(
        async () => {
          const execution = await under.runner.inspect(job.name)
          if (execution?.state === 'submitting') await under.runner.resume(job.name)
          return idOf(job.name)
        },
        (id) => id !== '',
      )
      await scontrol('release', again)
      expect(await endOf(under.runner, job.name)).to.include({ reason: 'exited', exitCode: 0 })
      expect(under.lines('runs')).to.deep.equal(['ran'])
      expect((await cluster.run('squeue', '-h', '-j', usurper, '-o', '%T')).trim()).to.equal('RUNNING')
      await cluster.run('scancel', usurper)
    })
  })

  async function idle(): Promise<void> {
    await eventually(
      () => ground.cluster.run('sinfo', '-h', '-N', '-o', '%t'),
      (states) => states.split('\n').filter((state) => state === 'idle').length >= 2,
    )
  }
})

const NOWHERE = { partition: 'main', account: undefined, qos: undefined, constraint: undefined }
