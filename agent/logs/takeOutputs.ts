import type { Logger } from 'pino'
import type { Runner } from '../runners/runner.ts'
import type { Logs } from './logs.ts'

/** Takes what running executions have printed since the last time. One whose output cannot be read, or kept, holds up no other. */
export async function takeOutputs(runner: Runner, logs: Logs, signal: AbortSignal, log: Logger): Promise<void> {
  const executions = await runner.list()
  for (const { name, state } of executions) {
    if (signal.aborted) return
    if (state !== 'running') continue
    try {
      await logs.take(name, (from, most) => runner.output(name, from, most))
    } catch (err) {
      log.warn({ execution: name, err }, 'output could not be taken; it stays with the runner')
    }
  }
}
