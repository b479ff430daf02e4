import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { executionName, type Hex } from '../../sdk/domain/job.ts'
import type { Runner } from '../runners/runner.ts'
import { type Measure, readMeasures } from './readMeasures.ts'
import type { Benchmark } from './standardScripts.ts'

const POLL_MILLISECONDS = 500

/** A benchmark measured nothing that may be published. */
export class BenchmarkFailed extends Error {
  readonly code = 'BENCHMARK_FAILED'
  override readonly name = 'BenchmarkFailed'
  constructor(benchmark: string, problem: string, output: string) {
    super(`${benchmark} ${problem}. It printed last:\n${output.trim().split('\n').slice(-10).join('\n')}`)
  }
}

/** What a benchmark's job may use. */
export interface BenchmarkLimits {
  readonly memPerCpu: number
  readonly timeLimitSeconds: number
}

/** Runs a benchmark as a job like any other, and reads what it measured. Throws BenchmarkFailed; the signal ends the job. */
export async function runBenchmark(
  runner: Runner,
  { name: benchmark, tasks, script }: Benchmark,
  { memPerCpu, timeLimitSeconds }: BenchmarkLimits,
  signal: AbortSignal,
): Promise<readonly Measure[]> {
  const id: Hex = `0x${randomBytes(32).toString('hex')}`
  const name = executionName(id, 1)
  const resources = { tasks, cpusPerTask: 1, memPerCpu, gpus: 0 }
  if ((await runner.room(resources)) !== 'free')
    throw new BenchmarkFailed(benchmark, 'finds no room beside other jobs', '')
  await runner.submit({ id, attempt: 1, script, env: {}, resources, timeLimitSeconds })
  try {
    const end = await endOf(runner, name, signal)
    const output = await runner.logs(name)
    if (end?.reason !== 'exited')
      throw new BenchmarkFailed(benchmark, `ended by ${end?.reason ?? 'a signal of the operator'}`, output)
    if (end.exitCode !== 0) throw new BenchmarkFailed(benchmark, `failed with exit code ${end.exitCode}`, output)
    const measures = readMeasures(output)
    if (measures.length === 0) throw new BenchmarkFailed(benchmark, 'printed no result that is known', output)
    return measures
  } finally {
    await runner.forget(name)
  }
}

async function endOf(runner: Runner, name: string, signal: AbortSignal) {
  for (;;) {
    const execution = await runner.inspect(name)
    if (execution?.state === 'ended') return execution.end
    if (signal.aborted || execution === undefined || execution.state === 'lost') await runner.cancel(name)
    if (execution === undefined) return undefined
    await delay(POLL_MILLISECONDS)
  }
}
