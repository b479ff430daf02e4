import type { JobRequest } from '../sdk/domain/job.ts'
import type { NodeGroup } from '../sdk/domain/provider.ts'

/**
 * What a job asks of nodes: `tasks` tasks of `cpus` and `mem` (MB) each, and `gpus` in all. The gpus are dealt to the tasks as evenly
 * as they go: `dealt` tasks get `more` gpus each, all others one less.
 */
export interface Demand {
  readonly tasks: number
  readonly cpus: number
  readonly mem: number
  readonly gpus: number
  readonly dealt: number
  readonly more: number
}

type Sizes = Pick<JobRequest, 'tasks' | 'cpusPerTask' | 'memPerCpu' | 'gpus'>

export function demandOf({ tasks, cpusPerTask, memPerCpu, gpus }: Sizes): Demand {
  const more = Math.ceil(gpus / tasks)
  const dealt = more === 0 ? 0 : gpus - (more - 1) * tasks
  return { tasks, cpus: cpusPerTask, mem: cpusPerTask * memPerCpu, gpus, dealt, more }
}

/** The processors of an offer. */
export function cpusOf(nodes: readonly NodeGroup[]): number {
  return nodes.reduce((sum, group) => sum + group.count * group.cpus, 0)
}
