import type { Lane } from './lane.ts'
import { isBefore, type WaitingJob } from './lane.ts'
import type { Claim } from './policies.ts'

/**
 * The lane whose head claims the reservation: the one whose claim fell due first, if any has. Wide jobs claim sooner, because only a
 * reservation ever starts them, while narrow ones find gaps. As no job is younger than the head of its lane, heads are enough.
 */
export function claimantOf(lanes: Iterable<Lane>, claim: Claim, now: number): Lane | undefined {
  let first: Lane | undefined
  let firstDue = now
  for (const lane of lanes) {
    const head = lane.head() as WaitingJob
    const due = head.submittedAt + claim.afterSeconds * Math.max(0, 1 - claim.widthRelief * lane.jobClass.width)
    const isFirst =
      due < firstDue || (due === firstDue && first !== undefined && isBefore(head, first.head() as WaitingJob))
    if (!isFirst) continue
    first = lane
    firstDue = due
  }
  return first
}
