import { followLogs } from '../../sdk/actions/followLogs.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import type { GridClient } from '../../sdk/gridClient.ts'
import { explainError } from '../explainError.ts'
import type { Output } from '../output/output.ts'
import { writeLog } from '../output/writeLog.ts'

/** Shows the log of a job as it comes, beside whatever else goes on. `finish` waits for its rest. */
export function streamLog(out: Output, grid: GridClient, id: Hex): { finish(): Promise<void> } {
  const log = writeLog(out)
  const pumping = (async () => {
    for await (const text of followLogs(grid, id)) log.write(text)
  })().catch((error: unknown) => {
    out.note(`The log cannot be shown: ${explainError(error).message}`)
  })
  return {
    async finish() {
      await pumping
      log.end()
    },
  }
}
