import { setTimeout as delay } from 'node:timers/promises'

const DEADLINE_MILLISECONDS = 60_000
/** Between two questions, so that who is asked gets to work. */
const PAUSE_MILLISECONDS = 20

/** Asks until the answer is there, or fails with the last one at the deadline. */
export async function eventually<Value, Wanted extends Value>(
  ask: () => Promise<Value> | Value,
  isWanted: (value: Value) => value is Wanted,
): Promise<Wanted>
export async function eventually<Value>(
  ask: () => Promise<Value> | Value,
  isWanted: (value: Value) => boolean,
): Promise<Value>
export async function eventually<Value>(
  ask: () => Promise<Value> | Value,
  isWanted: (value: Value) => boolean,
): Promise<Value> {
  const end = performance.now() + DEADLINE_MILLISECONDS
  for (;;) {
    const value = await ask()
    if (isWanted(value)) return value
    if (performance.now() > end) throw new Error(`not in time; the last answer was ${JSON.stringify(value)}`)
    await delay(PAUSE_MILLISECONDS)
  }
}
