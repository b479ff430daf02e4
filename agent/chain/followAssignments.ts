import type { Hex } from '../../sdk/domain/job.ts'
import type { Grid } from './grid.ts'
import type { Checkpoint, WatchList } from './watchList.ts'

/** Blocks that one log query covers, which endpoints accept. */
const BLOCKS_PER_QUERY = 2_000

/**
 * Brings the watch list up to the block `until`: every assignment to the provider between the last scanned block and that one. Where
 * the chain holds other blocks than those scanned, it goes back to the newest that both have.
 */
export async function followAssignments(
  grid: Grid,
  provider: number,
  watchList: WatchList,
  until: Checkpoint,
): Promise<void> {
  const newest = watchList.checkpoints()[0]
  const common = await newestCommon(grid, watchList.checkpoints(), until)
  if (newest !== common) watchList.rollBackTo(common)
  const first = common === undefined ? grid.deployment.startBlock : common.block + 1
  for (let from = first; from <= until.block; from += BLOCKS_PER_QUERY) {
    const to = Math.min(from + BLOCKS_PER_QUERY - 1, until.block)
    const filter = grid.jobs.filters.JobAssigned(undefined, provider)
    for (const log of await grid.jobs.queryFilter(filter, from, to))
      watchList.watch(log.args.id as Hex, log.blockNumber)
  }
}

async function newestCommon(
  grid: Grid,
  checkpoints: readonly Checkpoint[],
  until: Checkpoint,
): Promise<Checkpoint | undefined> {
  for (const checkpoint of checkpoints) {
    if (checkpoint.block > until.block) continue
    const isThis = checkpoint.block === until.block
    const hash = isThis ? until.hash : (await grid.rpc.getBlock(checkpoint.block))?.hash
    if (hash === checkpoint.hash) return checkpoint
  }
  return undefined
}
