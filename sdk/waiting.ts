import { TimedOut } from './errors.ts'

/** How long an action waits, and what ends it earlier. */
export interface Waiting {
  /** 120 where nothing is said. */
  readonly timeoutSeconds?: number
  readonly signal?: AbortSignal
}

const TIMEOUT_SECONDS = 120

/** Asks again and again until there is an answer. Throws TimedOut, what `ask` throws, or the signal's reason. */
export async function until<Answer>(
  what: string,
  intervalMilliseconds: number,
  { timeoutSeconds = TIMEOUT_SECONDS, signal }: Waiting,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const end = Date.now() + timeoutSeconds * 1000
  for (;;) {
    signal?.throwIfAborted()
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() >= end) throw new TimedOut(what, timeoutSeconds)
    await pause(intervalMilliseconds, signal)
  }
}

/** Waits; ends at once, with the signal's reason, when the signal is given. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
