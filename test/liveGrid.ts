import { after } from 'mocha'
import { type LocalGrid, startLocalGrid } from '../scripts/grid/localGrid.ts'

let shared: Promise<LocalGrid> | undefined

after(async () => {
  await (await shared)?.stop()
})

/** The one whole grid of a test run, with every service a process of its own. Tests keep apart by using accounts of their own. */
export function liveGrid(): Promise<LocalGrid> {
  shared ??= startLocalGrid()
  return shared
}
