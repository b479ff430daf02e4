import type { Logger } from 'pino'
import type { Hex } from '../../sdk/domain/job.ts'
import { isLive } from '../../sdk/domain/status.ts'
import { type GridClient, getJob, getJobRequest, jobsAbi } from '../../sdk/index.ts'
import type { Records } from '../records/openRecords.ts'
import type { Definitions } from './definitions.ts'

const AT_ONCE = 100

/** What the rule of expiry needs. */
export interface ExpiryParts {
  readonly grid: GridClient
  readonly records: Records
  readonly definitions: Definitions
  /** Seconds that a definition is kept after it was last put or released, whatever the chain says. */
  readonly keepSeconds: number
  readonly log: Logger
}

/**
 * Removes definitions that nobody put or asked for in a long time and no open job names: neither one for which it was asked, nor one
 * of whoever put it. A chain that does not answer removes nothing. `now` in unix seconds.
 *
 * @returns how many were removed
 */
export async function expireDefinitions(parts: ExpiryParts, now: number): Promise<number> {
  const { records, definitions, keepSeconds, log } = parts
  const candidates = await records
    .selectFrom('definitions')
    .select(['id', 'owner'])
    .where('used_at', '<', now - keepSeconds)
    .orderBy('used_at')
    .orderBy('id')
    .limit(AT_ONCE)
    .execute()
  let removed = 0
  for (const { id, owner } of candidates) {
    if (await isWanted(parts, id as Hex, owner as Hex)) {
      await records.updateTable('definitions').set({ used_at: now }).where('id', '=', id).execute()
      continue
    }
    await definitions.remove(id as Hex)
    removed += 1
  }
  if (removed > 0) log.info({ removed }, 'definitions that no job can use any more are removed')
  return removed
}

async function isWanted(parts: ExpiryParts, id: Hex, owner: Hex): Promise<boolean> {
  const { grid, records } = parts
  const asked = await records.selectFrom('definition_jobs').select('job').where('definition', '=', id).execute()
  const jobs = new Set([...asked.map(({ job }) => job as Hex), ...(await jobsNaming(grid, id, owner))])
  for (const job of jobs) {
    const found = await getJob(grid, job)
    if (found !== undefined && isLive(found.status)) return true
  }
  return false
}

/** The jobs of a customer that name a definition. */
async function jobsNaming(grid: GridClient, definition: Hex, customer: Hex): Promise<readonly Hex[]> {
  const submitted = await grid.publicClient.getContractEvents({
    abi: jobsAbi,
    address: grid.deployment.jobs,
    eventName: 'JobSubmitted',
    args: { customer },
    fromBlock: BigInt(grid.deployment.startBlock),
    strict: true,
  })
  const naming = submitted.map(async ({ args: { id } }) => {
    const request = await getJobRequest(grid, id)
    return request?.work.definition === definition ? [id] : []
  })
  return (await Promise.all(naming)).flat()
}
