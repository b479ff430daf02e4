import { submitAll } from '../test/contracts/support/batches.ts'
import type { Grid } from '../test/contracts/support/grid.ts'
import { merkleTree } from '../test/contracts/support/merkle.ts'
import type { JobCase } from '../test/contracts/support/requests.ts'
import { signJobArray } from '../test/contracts/support/signing.ts'

/** The oracle relays an array of jobs under one signature over its Merkle root. */
export async function submitArray(grid: Grid, jobs: readonly JobCase[]) {
  // An array of one is signed as the request itself.
  if (jobs.length === 1) return submitAll(grid, jobs)
  const { root, proofs } = merkleTree(jobs.map((job) => job.id))
  const signature = await signJobArray(grid.actors.customer, grid.domain, root)
  const requests = jobs.map((job, index) => ({ request: job.request, proof: proofs[index] ?? [], signature }))
  return grid.jobs.connect(grid.actors.oracle).submit(requests, [])
}
