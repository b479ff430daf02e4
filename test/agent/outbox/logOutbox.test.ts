import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { LogOutbox } from '../../../agent/outbox/logOutbox.ts'
import { NAME } from '../support/facts.ts'
import { temporaryDirectory } from '../support/localExecution.ts'

describe('logOutbox', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(() => directory[Symbol.dispose]())

  it('keeps an output until it is delivered, also over a restart', () => {
    new LogOutbox(directory.path).put(NAME, 'hello')
    const later = new LogOutbox(directory.path)
    expect(later.waiting()).to.deep.equal([NAME])
    expect(later.text(NAME)).to.equal('hello')
  })

  it('delivers an output once, also after a restart', () => {
    const logs = new LogOutbox(directory.path)
    logs.put(NAME, 'hello')
    logs.finish(NAME)
    const later = new LogOutbox(directory.path)
    later.put(NAME, 'again')
    expect(later.waiting()).to.deep.equal([])
    expect(later.names()).to.deep.equal(new Set([NAME]))
  })
})
