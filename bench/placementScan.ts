import { demandOf } from '../scheduling/demand.ts'
import type { SnapshotProvider } from '../scheduling/snapshot.ts'
import type { JobRequest } from '../sdk/domain/job.ts'

interface Node {
  cpus: number
  mem: number
  gpus: number
}

/** The comparison: every job of a queue is held against every node in turn. Returns how many jobs found room in `budgetMs`. */
export function scan(
  providers: readonly SnapshotProvider[],
  requests: readonly JobRequest[],
  budgetMs: number,
): number {
  const nodes = providers.flatMap(({ offer }) =>
    (offer?.nodes ?? []).flatMap(({ count, cpus, mem, gpus }) =>
      Array.from({ length: count }, (): Node => ({ cpus, mem, gpus })),
    ),
  )
  // Most of the grid is busy, as it is for the planner.
  for (const [at, node] of nodes.entries()) if (at % 100 !== 99) node.cpus = 0
  const begun = performance.now()
  let placed = 0
  for (const request of requests) {
    if (performance.now() - begun > budgetMs) break
    if (place(nodes, request)) placed += 1
  }
  return placed / ((performance.now() - begun) / 1000)
}

function place(nodes: readonly Node[], request: JobRequest): boolean {
  const demand = demandOf(request)
  const node = nodes.find(({ cpus, mem, gpus }) => cpus >= demand.cpus && mem >= demand.mem && gpus >= demand.more)
  if (node === undefined) return false
  node.cpus -= demand.cpus
  node.mem -= demand.mem
  node.gpus -= demand.more
  return true
}
