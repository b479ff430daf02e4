import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { StateDirForeign, StateDirTaken, StateDirUnusable } from '../../agent/errors.ts'
import { takeStateDirectory } from '../../agent/stateDirectory.ts'
import type { Deployment } from '../../sdk/deployments/deployment.ts'
import { temporaryDirectory } from './support/localExecution.ts'

const address = `0x${'11'.repeat(20)}` as const
const deployment: Deployment = {
  network: 'test',
  chainId: 31337,
  startBlock: 0,
  accessManager: address,
  credits: address,
  providers: address,
  jobs: address,
}

describe('takeStateDirectory', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  const path = (): string => join(directory.path, 'state')
  const take = (provider = 1) => takeStateDirectory(path(), deployment, provider, process.pid)

  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(() => directory[Symbol.dispose]())

  it('can be taken again once it was given back', () => {
    take()[Symbol.dispose]()
    expect(take().path).to.equal(path())
  })

  it('is refused to a second agent', () => {
    take()
    expect(() => take())
      .to.throw(StateDirTaken)
      .that.includes({ code: 'STATE_DIR_TAKEN', pid: process.pid })
  })

  it('is taken from an agent that was killed', () => {
    take()
    writeFileSync(join(path(), 'agent.lock'), JSON.stringify({ pid: process.pid, startTime: '1', bootId: 'other' }))
    expect(take().path).to.equal(path())
  })

  it('is refused to another provider, and stays free for its own', () => {
    take(1)[Symbol.dispose]()
    expect(() => take(2))
      .to.throw(StateDirForeign)
      .that.includes({ code: 'STATE_DIR_FOREIGN' })
    expect(take(1).path).to.equal(path())
  })

  it('is refused where it cannot be made', () => {
    writeFileSync(path(), 'a file')
    expect(() => take())
      .to.throw(StateDirUnusable)
      .that.includes({ code: 'STATE_DIR_UNUSABLE' })
  })
})
