import type { JobClass } from './jobClass.ts'

/** Of more equally good providers than this with room, the first are compared. */
const COMPARED = 16

/**
 * The ranks to try first, from `from` on: the first open one, or where several are equally good those of them that may have room, the one
 * that the job would leave the least free cpus on first. Empty where no rank is open.
 */
export function firstFits(jobClass: JobClass, from: number): readonly number[] {
  const first = jobClass.firstOpen(from)
  if (first < 0) return []
  const last = jobClass.equalUntil[first] as number
  if (last === first) return [first]
  const ranks: number[] = []
  for (let rank = first; rank >= 0 && rank <= last && ranks.length < COMPARED; rank = jobClass.firstOpen(rank + 1)) {
    ranks.push(rank)
  }
  if (ranks.length === 1) return ranks
  const free = (rank: number) => jobClass.clusterAt(rank).nodes.freeCpus
  return ranks.sort((left, right) => free(left) - free(right) || left - right)
}
