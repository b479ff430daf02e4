import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { keccak256, toUtf8Bytes } from 'ethers'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { executionName, type Hex, type JobRequest } from '../../sdk/domain/job.ts'
import { type JobStatus, statusFromNumber } from '../../sdk/domain/status.ts'
import { type AgentProcess, agentProcess } from './support/agentProcess.ts'
import { type AnvilGrid, anvilGrid, RATE } from './support/anvilGrid.ts'
import { eventually } from './support/eventually.ts'
import { endExecutions, gone, isRunning, temporaryDirectory } from './support/localExecution.ts'
import { type Services, services } from './support/services.ts'

const workflow = (command: string): string =>
  JSON.stringify({ resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 64 }, steps: [{ run: { command } }] })

describe('agent', function () {
  this.timeout(120_000)
  let grid: AnvilGrid
  let world: Services
  let directory: ReturnType<typeof temporaryDirectory>
  let agent: AgentProcess | undefined
  const requests = new Map<Hex, JobRequest>()

  const environment = (overrides: Record<string, string> = {}): Record<string, string> => {
    const deployment = join(directory.path, 'deployment.json')
    writeFileSync(deployment, JSON.stringify(grid.deployment))
    return {
      RPC_URL: grid.url,
      GRID_DEPLOYMENT: deployment,
      PROVIDER: '1',
      SIGNER_PRIVATE_KEY: grid.signer.privateKey,
      RELAY_URL: world.url,
      GATEWAY_URL: world.url,
      STATE_DIR: join(directory.path, 'state'),
      // Scripts of these tests wait for files of the machine.
      SANDBOX: 'none',
      SINGLE_TENANT: 'yes',
      POLL_MS: '50',
      HEARTBEAT_SECONDS: '1',
      RELAY_GRACE: '1',
      CPUS: '4',
      MEM: '4096',
      ...overrides,
    }
  }
  const start = async (overrides?: Record<string, string>): Promise<AgentProcess> => {
    agent = agentProcess(environment(overrides))
    await agent.ready()
    return agent
  }
  const place = async (
    definition: Promise<Hex>,
    overrides?: Partial<JobRequest>,
  ): Promise<{ id: Hex; request: JobRequest }> => {
    const placed = await grid.place(await definition, overrides)
    requests.set(placed.id, placed.request)
    return placed
  }
  const run = (command: string, overrides?: Partial<JobRequest>) => place(world.define(workflow(command)), overrides)
  const statusOf = async (id: Hex): Promise<JobStatus> => statusFromNumber((await grid.jobs.jobOf(id)).status)
  const becomes = (id: Hex, status: JobStatus): Promise<JobStatus> =>
    eventually(
      () => statusOf(id),
      (now) => now === status,
    )
  const endOf = async (id: Hex) => {
    const [log] = await grid.jobs.queryFilter(grid.jobs.filters.JobEnded(id))
    if (log === undefined) throw new Error('the job has not ended')
    return log.args
  }
  const logOf = (id: Hex, attempt = 1): Promise<string | undefined> =>
    eventually(
      () => world.logs.get(`${id}/${attempt}`),
      (log) => log !== undefined,
    )
  /** The process id that a running job has printed. */
  const pidOf = async (id: Hex): Promise<number> => {
    const file = join(directory.path, 'state', 'executions', executionName(id, 1), 'output.log')
    const text = await eventually(
      () => {
        try {
          return readFileSync(file, 'utf8')
        } catch {
          return ''
        }
      },
      (output) => output.includes('\n'),
    )
    return Number(text.split('\n')[0])
  }
  const outcomeOf = (id: Hex) => world.reports.flatMap(({ reports }) => reports).filter((report) => report.id === id)

  before(async () => {
    grid = await anvilGrid()
    world = await services(grid, requests)
  })
  beforeEach(() => {
    directory = temporaryDirectory()
    world.setRelayOpen(true)
  })
  afterEach(async () => {
    await agent?.kill('SIGKILL')
    await endExecutions(join(directory.path, 'state'))
    directory[Symbol.dispose]()
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
    await grid[Symbol.asyncDispose]()
  })

  it('runs a job to its end, is paid for its seconds and delivers its output', async () => {
    await start()
    const { id } = await run('echo hello; sleep 1.05')
    await becomes(id, 'FINISHED')
    const end = await endOf(id)
    expect(await logOf(id)).to.equal('hello\n')
    expect(end.exitCode).to.equal(0n)
    expect(end.secondsUsed).to.equal(1n)
    expect(end.cost).to.equal((RATE * end.secondsUsed) / 60n)
    expect(end.result).to.equal(keccak256(toUtf8Bytes(world.manifests.get(`${id}/1`) ?? '')))
  })

  it('reports the exit code of a job that failed', async () => {
    await start()
    const { id } = await run('exit 3')
    await becomes(id, 'FAILED')
    expect((await endOf(id)).exitCode).to.equal(3n)
  })

  it('ends a job at its time limit', async () => {
    await start()
    const { id } = await run('sleep 60', { timeLimit: 1 })
    await becomes(id, 'OUT_OF_CREDITS')
    expect((await endOf(id)).secondsUsed).to.equal(1n)
  })

  it('lets a job run on that was topped up', async () => {
    await start()
    const { id, request } = await run('sleep 3; echo done', { timeLimit: 2, budget: 2n })
    await becomes(id, 'RUNNING')
    await grid.topUp(request, 600n)
    await becomes(id, 'FINISHED')
    expect(await logOf(id)).to.equal('done\n')
  })

  it('ends a job that its customer cancels', async () => {
    await start()
    const { id, request } = await run('echo $$; sleep 60')
    const pid = await pidOf(id)
    await becomes(id, 'RUNNING')
    await grid.cancel(request)
    await becomes(id, 'CANCELLED')
    expect(isRunning(pid)).to.equal(false)
  })

  it('fails a job for nothing whose definition is no workflow, and says in its log why', async () => {
    await start()
    const { id } = await place(world.define('steps: [{ runs: 1 }]'))
    await becomes(id, 'FAILED')
    expect((await endOf(id)).cost).to.equal(0n)
    expect(await logOf(id)).to.match(/^definition-invalid\n\d+:\d+ .*resources/)
  })

  it('fails a job whose definition asks for more than its request', async () => {
    await start()
    const definition = { resources: { tasks: 3, cpusPerTask: 1, memPerCpu: 64 }, steps: [{ run: { command: 'true' } }] }
    const { id } = await place(world.define(JSON.stringify(definition)))
    await becomes(id, 'FAILED')
    expect(await logOf(id)).to.contain('resources.tasks: 3, but the request pays for 1')
  })

  it('refuses a job that is larger than its capacity', async () => {
    await start({ CPUS: '1' })
    const definition = { resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 64 }, steps: [{ run: { command: 'true' } }] }
    const { id } = await place(world.define(JSON.stringify(definition)), { tasks: 2, budget: 1200n })
    await becomes(id, 'PENDING')
    const [log] = await grid.jobs.queryFilter(grid.jobs.filters.JobReturned(id))
    expect(Buffer.from(log?.args.reason.slice(2) ?? '', 'hex').toString()).to.match(/^no-capacity\0+$/)
  })

  const reasonOf = async (id: Hex): Promise<string> => {
    await becomes(id, 'PENDING')
    const [log] = await grid.jobs.queryFilter(grid.jobs.filters.JobReturned(id))
    return Buffer.from(log?.args.reason.slice(2) ?? '', 'hex')
      .toString()
      .replaceAll('\0', '')
  }

  it('refuses a job that runs longer than the operator takes', async () => {
    await start({ MAX_TIME: '60' })
    expect(await reasonOf((await run('true')).id)).to.equal('policy-time-limit')
  })

  it('refuses the job of a customer whom the operator does not serve', async () => {
    await start({ CUSTOMERS: `0x${'12'.repeat(20)}` })
    expect(await reasonOf((await run('true')).id)).to.equal('policy-customer')
  })

  it('takes nothing new while it drains, and lets run on what runs', async () => {
    await start()
    const running = await run(`until test -e "${directory.path}/go"; do sleep 0.05; done`)
    await becomes(running.id, 'RUNNING')
    const drain = join(directory.path, 'state', 'drain')
    writeFileSync(drain, '')
    expect(await reasonOf((await run('true')).id)).to.equal('provider-draining')
    writeFileSync(join(directory.path, 'go'), '')
    await becomes(running.id, 'FINISHED')
    rmSync(drain)
    await becomes((await run('true')).id, 'FINISHED')
  })

  it('sends a heartbeat with what its jobs have used', async () => {
    await start()
    const { id } = await run('sleep 60')
    const beats = await eventually(
      () => world.heartbeats.filter(({ heartbeat }) => heartbeat.running.some((one) => one.id === id)),
      ({ length }) => length > 1,
    )
    expect(beats[0]?.heartbeat).to.include({ provider: 1 })
    process.kill(await supervisorOf(id), 'SIGTERM')
    await becomes(id, 'PENDING')
  })

  const supervisorOf = async (id: Hex): Promise<number> => {
    const file = join(directory.path, 'state', 'executions', executionName(id, 1), 'supervisor.json')
    return JSON.parse(readFileSync(file, 'utf8')).pid
  }

  it('reports past a relay that is silent', async () => {
    world.setRelayOpen(false)
    await start()
    const { id } = await run('echo alone')
    await becomes(id, 'FINISHED')
    expect(outcomeOf(id)).to.deep.equal([])
  })

  it('shows that it lives past a relay that is silent', async () => {
    world.setRelayOpen(false)
    await start()
    const { id, request } = await run('sleep 60')
    await eventually(
      () => grid.jobs.queryFilter(grid.jobs.filters.HeartbeatSeen(1)),
      (beats) => beats.some(({ args }) => args.heartbeat.running.some((one) => one.id === id)),
    )
    await grid.cancel(request)
    await becomes(id, 'CANCELLED')
  })

  describe('when it is killed', () => {
    it('finds the running job again and reports its exit code', async () => {
      const first = await start()
      const { id } = await run(`echo $$; until test -e "${directory.path}/go"; do sleep 0.05; done; exit 4`)
      const pid = await pidOf(id)
      await becomes(id, 'RUNNING')
      await first.kill('SIGKILL')
      await start()
      expect(isRunning(pid)).to.equal(true)
      writeFileSync(join(directory.path, 'go'), '')
      await becomes(id, 'FAILED')
      expect((await endOf(id)).exitCode).to.equal(4n)
    })

    it('reports a job that ended while it was down', async () => {
      const first = await start()
      const { id } = await run(`echo $$; until test -e "${directory.path}/go"; do sleep 0.05; done; exit 5`)
      const pid = await pidOf(id)
      await becomes(id, 'RUNNING')
      await first.kill('SIGKILL')
      writeFileSync(join(directory.path, 'go'), '')
      await gone(pid)
      await start()
      await becomes(id, 'FAILED')
      expect((await endOf(id)).exitCode).to.equal(5n)
    })

    it('sends the report that was signed before, as it was signed', async () => {
      world.setRelayOpen(false)
      const patient = { RELAY_GRACE: '15' }
      const first = await start(patient)
      const { id } = await run('echo once')
      const isSigned = ({ action, report }: Readonly<Record<string, unknown>>): boolean =>
        action === 'report' && (report as { status: string }).status === 'FINISHED'
      await eventually(
        () => first.lines,
        (lines) => lines.some((line) => line['job'] === id && isSigned(line)),
      )
      const file = join(directory.path, 'state', 'outbox', `${executionName(id, 1)}-FINISHED.json`)
      const signed = await eventually(
        () => {
          try {
            return JSON.parse(readFileSync(file, 'utf8')) as { signature: Hex }
          } catch {
            return undefined
          }
        },
        (entry) => entry !== undefined,
      )
      await first.kill('SIGKILL')
      world.setRelayOpen(true)
      await start(patient)
      await becomes(id, 'FINISHED')
      const sent = world.reports.filter(({ reports }) => reports.some((report) => report.id === id))
      expect(sent.map(({ signature }) => signature)).to.include(signed?.signature)
    })
  })

  it('ends a job whose supervisor was killed as lost, and gives it back', async () => {
    await start()
    const { id } = await run('echo $$; sleep 60')
    const pid = await pidOf(id)
    process.kill(await supervisorOf(id), 'SIGKILL')
    await becomes(id, 'PENDING')
    expect(isRunning(pid)).to.equal(false)
  })

  it('ends a job whose assignment a reorg took away', async () => {
    await start()
    const before = await grid.rpc.getBlockNumber()
    const { id } = await run('echo $$; sleep 60')
    const pid = await pidOf(id)
    await becomes(id, 'RUNNING')
    await grid.rpc.send('anvil_reorg', [(await grid.rpc.getBlockNumber()) - before, []])
    await gone(pid)
    expect(await statusOf(id)).to.equal('NONE')
  })

  it('runs a job only at the depth that was asked for', async () => {
    // No report reaches the chain, so that it grows only by what the test does.
    world.setRelayOpen(false)
    const deep = await start({ CONFIRMATIONS: '3', RELAY_GRACE: '15' })
    const submitted = (job: Hex): boolean =>
      deep.lines.some((line) => line['job'] === job && line['action'] === 'submit')
    const earlier = await run('sleep 60')
    // Two blocks later: the earlier assignment is three deep now, the later one only one.
    const later = await run('sleep 60')
    await eventually(() => submitted(earlier.id), Boolean)
    expect(submitted(later.id)).to.equal(false)
    await grid.rpc.send('anvil_mine', ['0x2'])
    await eventually(() => submitted(later.id), Boolean)
  })

  it('stops on SIGTERM with the exit code 0 and leaves its jobs running', async () => {
    const first = await start()
    const { id, request } = await run('echo $$; sleep 60')
    const pid = await pidOf(id)
    expect(await first.kill('SIGTERM')).to.equal(0)
    expect(isRunning(pid)).to.equal(true)
    await start()
    await grid.cancel(request)
    await becomes(id, 'CANCELLED')
    expect(isRunning(pid)).to.equal(false)
  })

  describe('refuses to start', () => {
    const refusal = async (overrides: Record<string, string>): Promise<unknown> => {
      const refused = agentProcess(environment(overrides))
      expect(await refused.exited()).to.equal(1)
      const { code, problem } = refused.lines.at(-1) ?? {}
      expect(String(problem)).to.match(/[A-Z_]{3,}/)
      return code
    }

    it('without the word that it serves one tenant', async () => {
      expect(await refusal({ SINGLE_TENANT: 'no' })).to.equal('SINGLE_TENANT_NOT_CONFIRMED')
    })

    it('with another key than the provider’s signer', async () => {
      expect(await refusal({ SIGNER_PRIVATE_KEY: `0x${'12'.repeat(32)}` })).to.equal('SIGNER_MISMATCH')
    })

    it('for a provider that does not exist', async () => {
      expect(await refusal({ PROVIDER: '9' })).to.equal('PROVIDER_UNKNOWN')
    })

    it('where the chain does not answer', async () => {
      expect(await refusal({ RPC_URL: 'http://127.0.0.1:1' })).to.equal('RPC_UNREACHABLE')
    })

    it('on another chain', async () => {
      const file = join(directory.path, 'other.json')
      writeFileSync(file, JSON.stringify({ ...grid.deployment, chainId: 1 }))
      expect(await refusal({ GRID_DEPLOYMENT: file })).to.equal('CHAIN_ID_MISMATCH')
    })

    it('where there is no contract', async () => {
      const file = join(directory.path, 'empty.json')
      writeFileSync(file, JSON.stringify({ ...grid.deployment, jobs: `0x${'99'.repeat(20)}` }))
      expect(await refusal({ GRID_DEPLOYMENT: file })).to.equal('CONTRACT_MISSING')
    })

    it('where it would wait too long for the relay', async () => {
      expect(await refusal({ RELAY_GRACE: '100' })).to.equal('TIME_TOO_LONG')
    })

    it('where it would be silent too long', async () => {
      expect(await refusal({ HEARTBEAT_SECONDS: '200' })).to.equal('TIME_TOO_LONG')
    })

    it('beside another agent in its directory', async () => {
      await start()
      expect(await refusal({})).to.equal('STATE_DIR_TAKEN')
    })
  })
})
