import type { Context } from 'mocha'

/** Skips a test that needs a part of the system that is not there, and says which; with CI set a skip is a failure. */
export function skipFor(context: Context, part: string): void {
  if (context.test !== undefined) context.test.title += ` (needs ${part}: scripts/setup-debian.sh installs it)`
  context.skip()
}
