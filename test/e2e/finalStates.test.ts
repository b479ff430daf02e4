import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { finalLedger } from '../../scripts/demo/audit.ts'
import { type LocalGrid, startLocalGrid } from '../../scripts/grid/localGrid.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import { executionName } from '../../sdk/domain/job.ts'
import { costRoundedDown } from '../../sdk/domain/settlement.ts'
import { cancelJob, getJob, readLog } from '../../sdk/index.ts'
import { until } from '../../sdk/waiting.ts'
import { type Ended, processesNaming, Submitter, workflowOf } from './support.ts'

describe('a job on a grid of separate processes', () => {
  let grid: LocalGrid
  let user: Submitter
  const jobs: Hex[] = []

  before(async () => {
    grid = await startLocalGrid()
    user = await Submitter.open(grid)
  })
  after(() => grid?.stop())

  const submitted = async (text: string, maxAttempts?: number): Promise<Hex> => {
    const { id } = await user.submit(text, maxAttempts)
    jobs.push(id)
    return id
  }

  const expectPaid = async (end: Ended): Promise<void> => {
    const job = await getJob(user.customer.client, end.id)
    expect(end.cost).to.equal(costRoundedDown(job?.rate ?? 0n, end.secondsUsed, end.cost + end.refund))
  }

  it('ends FINISHED when its script exits with 0, and its output is there for the customer', async () => {
    const id = await submitted(workflowOf('echo the answer is $((6 * 7))'))
    const end = await user.end(id)
    expect(end).to.include({ status: 'FINISHED', exitCode: 0, provider: grid.providers[0]?.index })
    await expectPaid(end)
    const log = await until('the log', 100, { timeoutSeconds: 20 }, () => readLog(user.customer.client, id, 1))
    expect(log).to.include('the answer is 42')
  })

  it('ends FAILED with the exit code of its script', async () => {
    const end = await user.end(await submitted(workflowOf('exit 3')))
    expect(end).to.include({ status: 'FAILED', exitCode: 3 })
    await expectPaid(end)
  })

  it('ends FAILED free of charge when its definition is at fault', async () => {
    const { client } = user.customer
    const { createJobRequest, putDefinition, submitJob } = await import('../../sdk/index.ts')
    const definition = await putDefinition(client, new TextEncoder().encode('resources: [nonsense'))
    const shape = { tasks: 1, cpusPerTask: 1, memPerCpu: 128, gpus: 0, timeLimit: 60 }
    const request = await createJobRequest(client, { ...shape, definition, budget: 10n ** 18n })
    const { id } = await submitJob(client, request, { by: 'relay' })
    jobs.push(id)
    expect(await user.end(id)).to.include({ status: 'FAILED', cost: 0n, secondsUsed: 0 })
  })

  it('ends OUT_OF_CREDITS when it runs past its time limit', async () => {
    const end = await user.end(await submitted(workflowOf('sleep 600', { timeLimit: 2 })))
    expect(end.status).to.equal('OUT_OF_CREDITS')
    expect(end.cost > 0n).to.equal(true)
    await expectPaid(end)
  })

  it('ends CANCELLED at once, with a full refund, while it waits', async () => {
    const id = await submitted(workflowOf('true', { affinity: 'arch=riscv' }))
    await cancelJob(user.customer.client, id, { by: 'relay' })
    expect(await user.end(id)).to.include({ status: 'CANCELLED', cost: 0n, provider: 0 })
  })

  it('ends CANCELLED by its provider while it runs, and what ran before is paid', async () => {
    const id = await submitted(workflowOf('sleep 600', { timeLimit: 300 }))
    await user.reach(id, 'RUNNING')
    await cancelJob(user.customer.client, id, { by: 'relay' })
    const end = await user.end(id)
    expect(end.status).to.equal('CANCELLED')
    await expectPaid(end)
    expect(processesNaming(executionName(id, 1))).to.deep.equal([])
  })

  it('ends PANICKED free of charge when its execution is lost and no attempt is left', async () => {
    const id = await submitted(workflowOf('sleep 600', { timeLimit: 300 }), 1)
    await user.reach(id, 'RUNNING')
    for (const pid of processesNaming(executionName(id, 1))) process.kill(pid, 'SIGKILL')
    expect(await user.end(id)).to.include({ status: 'PANICKED', cost: 0n })
  })

  it('leaves every credit accounted for', async () => {
    const ledger = await finalLedger(grid, user.customer, jobs)
    expect(ledger.rest).to.equal(0n)
    expect(ledger.sum).to.equal(ledger.supply)
  })
})
