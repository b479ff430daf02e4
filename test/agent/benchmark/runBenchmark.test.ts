import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { BenchmarkFailed, runBenchmark } from '../../../agent/benchmark/runBenchmark.ts'
import type { LocalRunner } from '../../../agent/runners/local/localRunner.ts'
import { localRunner, temporaryDirectory } from '../support/localExecution.ts'

describe('runBenchmark', function () {
  this.timeout(120_000)
  let directory: ReturnType<typeof temporaryDirectory>
  let runner: LocalRunner
  beforeEach(() => {
    directory = temporaryDirectory()
    runner = localRunner(directory.path)
  })
  afterEach(() => directory[Symbol.dispose]())

  const run = (script: string, signal = new AbortController().signal, timeLimitSeconds = 60) =>
    runBenchmark(runner, { name: 'mine', tasks: 1, script }, { memPerCpu: 16, timeLimitSeconds }, signal)
  const failureOf = async (script: string, signal?: AbortSignal, seconds?: number): Promise<BenchmarkFailed> => {
    const error: unknown = await run(script, signal, seconds).catch((reason: unknown) => reason)
    if (!(error instanceof BenchmarkFailed)) throw new Error(`it measured ${JSON.stringify(error)}`)
    return error
  }

  it('measures by a job, of which nothing stays', async () => {
    const script = `echo 'Triad:  2000.0  0.1'; echo 'Solution Validates: yes'`
    expect(await run(script)).to.deep.equal([{ key: 'memory.gbps', value: 2 }])
    expect(await runner.list()).to.deep.equal([])
  })

  it('refuses a job that failed, with what it printed last', async () => {
    const { message } = await failureOf('echo broken; exit 3')
    expect(message).to.match(/^mine failed with exit code 3\. .*\nbroken$/s)
  })

  it('refuses a job that printed no result', async () => {
    expect((await failureOf('echo fine')).message).to.contain('no result that is known')
  })

  it('refuses a job that took too long', async () => {
    expect((await failureOf('sleep 60', undefined, 1)).message).to.contain('ended by time-limit')
  })

  it('ends its job when the operator stops it', async () => {
    expect((await failureOf('sleep 60', AbortSignal.timeout(100))).message).to.contain('ended by cancelled')
    expect(await runner.list()).to.deep.equal([])
  })
})
