import { setTimeout as delay } from 'node:timers/promises'

/** A task that is done again and again. */
export interface Repetition {
  /** Does the task sooner than its time. */
  wake(): void
  /** Resolves when the task is done for the last time. */
  readonly ended: Promise<void>
}

/**
 * Does a task until the signal, `milliseconds` after the end of the last time or when woken. One that throws is handed to `failed`
 * and done again: nothing of a failed time counts.
 */
export function repeat(
  task: () => Promise<void>,
  milliseconds: number,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Repetition {
  let isWoken = false
  let alarm = new AbortController()
  const pause = async (): Promise<void> => {
    if (!isWoken) await delay(milliseconds, undefined, { signal: AbortSignal.any([signal, alarm.signal]) }).catch(noop)
    isWoken = false
    alarm = new AbortController()
  }
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await task().catch(failed)
      await pause()
    }
  }
  const wake = (): void => {
    isWoken = true
    alarm.abort()
  }
  return { wake, ended: run() }
}

/** A pause that ends early is no failure. */
function noop(): void {}
