import type { Room } from '../../core/facts.ts'
import type { ExecutionResources } from '../runner.ts'

/** What all executions on a machine together may occupy. */
export interface Capacity {
  readonly cpus: number
  /** MB. */
  readonly mem: number
  readonly gpus: number
}

/** Whether one more execution fits beside those that run, later, or never. */
export function roomFor(capacity: Capacity, running: readonly ExecutionResources[], wanted: ExecutionResources): Room {
  if (!fits(capacity, [wanted])) return 'too-small'
  return fits(capacity, [...running, wanted]) ? 'free' : 'full'
}

function fits(capacity: Capacity, all: readonly ExecutionResources[]): boolean {
  const sum = (of: (resources: ExecutionResources) => number): number => all.reduce((total, one) => total + of(one), 0)
  return (
    sum(({ tasks, cpusPerTask }) => tasks * cpusPerTask) <= capacity.cpus &&
    sum(({ tasks, cpusPerTask, memPerCpu }) => tasks * cpusPerTask * memPerCpu) <= capacity.mem &&
    sum(({ gpus }) => gpus) <= capacity.gpus
  )
}
