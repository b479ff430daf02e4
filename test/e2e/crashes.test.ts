import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { type LocalGrid, startLocalGrid } from '../../scripts/grid/localGrid.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import { Submitter, workflowOf } from './support.ts'

describe('a grid whose processes are killed', () => {
  let grid: LocalGrid
  let user: Submitter
  let scratch: string

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'grid-test-'))
    // Jobs note outside of themselves how often they start.
    grid = await startLocalGrid({ sandbox: 'none' })
    user = await Submitter.open(grid)
  })
  after(async () => {
    await grid?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  /** A job that notes each start and ends once it is allowed to. */
  const patientJob = async (name: string): Promise<{ id: Hex; starts: () => number; allow: () => void }> => {
    const [starts, allowed] = [join(scratch, `${name}.starts`), join(scratch, `${name}.allowed`)]
    const command = `echo start >> '${starts}'\nuntil test -e '${allowed}'; do sleep 0.1; done`
    const { id } = await user.submit(workflowOf(command, { timeLimit: 120 }))
    return {
      id,
      starts: () => (existsSync(starts) ? readFileSync(starts, 'utf8').trim().split('\n').length : 0),
      allow: () => writeFileSync(allowed, ''),
    }
  }

  const agentName = (): string => `agent-${grid.providers[0]?.name}`

  it('runs a job once and pays for it when its agent is killed while it runs', async () => {
    const job = await patientJob('agent-running')
    await user.reach(job.id, 'RUNNING')
    await grid.kill(agentName())
    await grid.restart(agentName())
    job.allow()
    const end = await user.end(job.id)
    expect(end).to.include({ status: 'FINISHED', exitCode: 0 })
    expect(job.starts()).to.equal(1)
  })

  it('pays for a job that ends while its agent is dead', async () => {
    const job = await patientJob('agent-dead')
    await user.reach(job.id, 'RUNNING')
    await grid.kill(agentName())
    job.allow()
    await grid.restart(agentName())
    expect((await user.end(job.id)).status).to.equal('FINISHED')
    expect(job.starts()).to.equal(1)
  })

  it('loses nothing when the oracle is killed while a job runs', async () => {
    const job = await patientJob('oracle-running')
    await user.reach(job.id, 'RUNNING')
    await grid.kill('oracle')
    job.allow()
    await grid.restart('oracle')
    expect((await user.end(job.id)).status).to.equal('FINISHED')
    expect(job.starts()).to.equal(1)
  })

  it('lets a running job go on when the gateway is killed', async () => {
    const job = await patientJob('gateway-running')
    await user.reach(job.id, 'RUNNING')
    await grid.kill('gateway')
    job.allow()
    expect((await user.end(job.id)).status).to.equal('FINISHED')
    await grid.restart('gateway')
  })
})
