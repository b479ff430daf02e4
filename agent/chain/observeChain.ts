import { attemptAndFlags, type Hex, type Job, type JobRequest } from '../../sdk/domain/job.ts'
import { statusFromNumber } from '../../sdk/domain/status.ts'
import type { JobStructOutput } from '../../typechain-types/interfaces/IJobs.ts'
import type { ChainJob, Facts } from '../core/facts.ts'
import { findRequest, RequestMissing } from './findRequest.ts'
import { followAssignments } from './followAssignments.ts'
import type { Grid } from './grid.ts'
import type { Checkpoint, WatchedJob, WatchList } from './watchList.ts'

/** The chain at one block, `confirmations` deep. */
export interface ChainView {
  readonly block: number
  /** Unix seconds of the provider's last sign of life. */
  readonly lastSeen: number
  /** The open jobs. `absent`: the chain knows no such job; `unread`: its request could not be found. */
  readonly jobs: ReadonlyMap<Hex, Facts['chain']>
}

/** The endpoint knows fewer blocks than were seen before: it lags, or the chain was replaced. */
export class ChainBehind extends Error {
  readonly code = 'CHAIN_BEHIND'
  override readonly name = 'ChainBehind'
  readonly block: number
  readonly seen: number
  constructor(block: number, seen: number) {
    super(`The endpoint is at block ${block}, ${seen} was seen before. Wait, or name another endpoint in RPC_URL.`)
    this.block = block
    this.seen = seen
  }
}

/** The block that was read was replaced while it was read. */
export class BlockReplaced extends Error {
  readonly code = 'BLOCK_REPLACED'
  override readonly name = 'BlockReplaced'
  readonly block: number
  constructor(block: number) {
    super(`Block ${block} was replaced while it was read. It is read again at once.`)
    this.block = block
  }
}

/**
 * Reads all open jobs at one block. Throws where an answer fails or the block does not stand: then nothing may be concluded.
 */
export async function observeChain(
  grid: Grid,
  provider: number,
  confirmations: number,
  watchList: WatchList,
): Promise<ChainView> {
  const at = await confirmedBlock(grid, confirmations)
  const seen = watchList.lastBlock()
  if (seen !== undefined && at.block < seen) throw new ChainBehind(at.block, seen)
  await followAssignments(grid, provider, watchList, at)
  const blockTag = at.block
  const [{ acceptTimeout }, lastSeen, jobs] = await Promise.all([
    grid.jobs.parameters({ blockTag }),
    grid.jobs.lastSeen(provider, { blockTag }),
    Promise.all(watchList.open().map((job) => readJob(grid, watchList, job, blockTag))),
  ])
  const after = await grid.rpc.getBlock(blockTag)
  if (after?.hash !== at.hash) throw new BlockReplaced(blockTag)
  watchList.advance(at)
  const views = jobs.map(({ id, job, request }): [Hex, Facts['chain']] => [
    id,
    job.status === 'NONE' ? 'absent' : chainJob(job, request, Number(acceptTimeout)),
  ])
  return { block: at.block, lastSeen: Number(lastSeen), jobs: new Map(views) }
}

function chainJob(job: Job, request: JobRequest | undefined, acceptTimeout: number): ChainJob | 'unread' {
  return request === undefined ? 'unread' : { job, request, acceptBy: job.since + acceptTimeout }
}

async function confirmedBlock(grid: Grid, confirmations: number): Promise<Checkpoint> {
  const head = await grid.rpc.getBlockNumber()
  const number = Math.max(head - confirmations + 1, 0)
  const block = await grid.rpc.getBlock(number)
  if (block === null || block.hash === null) throw new ChainBehind(head, number)
  return { block: number, hash: block.hash }
}

interface JobRead {
  readonly id: Hex
  readonly job: Job
  readonly request: JobRequest | undefined
}

async function readJob(grid: Grid, watchList: WatchList, watched: WatchedJob, blockTag: number): Promise<JobRead> {
  const { id } = watched
  const job = jobOf(await grid.jobs.jobOf(id, { blockTag }))
  if (watched.request !== undefined || job.status === 'NONE') return { id, job, request: watched.request }
  try {
    const request = await findRequest(grid, id, watched.assignedAt)
    watchList.learn(id, request)
    return { id, job, request }
  } catch (error) {
    // An endpoint without old logs must not keep the other jobs from being served.
    if (error instanceof RequestMissing) return { id, job, request: undefined }
    throw error
  }
}

function jobOf(struct: JobStructOutput): Job {
  return {
    status: statusFromNumber(struct.status),
    ...attemptAndFlags(Number(struct.attemptAndFlags)),
    provider: Number(struct.provider),
    since: Number(struct.since),
    cutPermille: Number(struct.cutPermille),
    budget: struct.budget,
    rate: struct.rate,
  }
}
