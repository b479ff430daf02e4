import { type Explanation, explain } from '../../scheduling/explain.ts'
import { DEFAULT_POLICY, type PolicyName, policyNamed } from '../../scheduling/policies.ts'
import type { Hex } from '../domain/job.ts'
import { JobUnknown } from '../errors.ts'
import type { GridClient } from '../gridClient.ts'
import { getJob } from './getJob.ts'
import { type GridView, readGrid } from './readGrid.ts'
import { snapshotGrid } from './snapshotGrid.ts'

/**
 * Why a waiting job waits, or where it would be placed now: its place in the queue, when it is expected to start, and what each provider
 * lacks. Planned anew from the chain alone, by the policy that the oracle uses unless another is named; undefined where the job does not wait.
 *
 * @throws JobUnknown
 * @example const expectedStart = (await explainJob(grid, id))?.expectedStart
 */
export async function explainJob(
  grid: GridClient,
  id: Hex,
  options: { readonly policy?: PolicyName; readonly view?: GridView } = {},
): Promise<Explanation | undefined> {
  const view = options.view ?? (await readGrid(grid))
  if (!view.state.jobs.has(id)) {
    if ((await getJob(grid, id)) === undefined) throw new JobUnknown(id)
    return undefined
  }
  return explain(await snapshotGrid(grid, view), id, policyNamed(options.policy ?? DEFAULT_POLICY))
}
