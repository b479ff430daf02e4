import { expect } from 'chai'
import { describe, it } from 'mocha'
import { repeat } from '../../agent/repeat.ts'

const AN_HOUR = 3_600_000

describe('repeat', () => {
  it('does the task at once, and again when woken', async () => {
    const stop = new AbortController()
    let times = 0
    const second = Promise.withResolvers<void>()
    const task = async (): Promise<void> => {
      times += 1
      if (times === 2) second.resolve()
    }
    const repetition = repeat(task, AN_HOUR, stop.signal, () => {})
    repetition.wake()
    await second.promise
    stop.abort()
    await repetition.ended
    expect(times).to.equal(2)
  })

  it('tells of a failure and does the task again', async () => {
    const stop = new AbortController()
    const failures: unknown[] = []
    let times = 0
    const task = async (): Promise<void> => {
      times += 1
      if (times === 1) throw new Error('once')
      stop.abort()
    }
    await repeat(task, 1, stop.signal, (error) => failures.push(error)).ended
    expect(times).to.equal(2)
    expect(failures.map(String)).to.deep.equal(['Error: once'])
  })

  it('finishes the task that is under way when it is stopped', async () => {
    const stop = new AbortController()
    let isDone = false
    const task = async (): Promise<void> => {
      stop.abort()
      await Promise.resolve()
      isDone = true
    }
    await repeat(task, AN_HOUR, stop.signal, () => {}).ended
    expect(isDone).to.equal(true)
  })
})
