import { isBefore, type Lane, type WaitingJob } from './lane.ts'

/** Lanes by the key of their head, smallest first; equal keys by the order of submission. */
export class LaneHeap {
  private readonly keys: number[] = []
  private readonly lanes: Lane[] = []

  get size(): number {
    return this.lanes.length
  }

  clear(): void {
    this.keys.length = 0
    this.lanes.length = 0
  }

  push(key: number, lane: Lane): void {
    let at = this.lanes.length
    this.keys.push(key)
    this.lanes.push(lane)
    while (at > 0) {
      const up = (at - 1) >> 1
      if (!this.precedes(key, lane, up)) break
      this.move(up, at)
      at = up
    }
    this.place(key, lane, at)
  }

  /** The first lane; undefined where there is none. */
  top(): Lane | undefined {
    return this.lanes[0]
  }

  /** Gives the first lane another key, for its next head. */
  rekeyTop(key: number): void {
    this.sink(key, this.lanes[0] as Lane)
  }

  pop(): Lane | undefined {
    const top = this.lanes[0]
    const key = this.keys.pop()
    const lane = this.lanes.pop()
    if (key !== undefined && lane !== undefined && this.lanes.length > 0) this.sink(key, lane)
    return top
  }

  private sink(key: number, lane: Lane): void {
    const { length } = this.lanes
    let at = 0
    for (let child = 1; child < length; child = 2 * at + 1) {
      const right = child + 1
      if (right < length && this.precedes(this.keys[right] as number, this.lanes[right] as Lane, child)) child = right
      if (!this.follows(key, lane, child)) break
      this.move(child, at)
      at = child
    }
    this.place(key, lane, at)
  }

  private precedes(key: number, lane: Lane, at: number): boolean {
    const other = this.keys[at] as number
    return key === other
      ? isBefore(lane.head() as WaitingJob, (this.lanes[at] as Lane).head() as WaitingJob)
      : key < other
  }

  private follows(key: number, lane: Lane, at: number): boolean {
    const other = this.keys[at] as number
    return key === other
      ? isBefore((this.lanes[at] as Lane).head() as WaitingJob, lane.head() as WaitingJob)
      : key > other
  }

  private move(from: number, to: number): void {
    this.keys[to] = this.keys[from] as number
    this.lanes[to] = this.lanes[from] as Lane
  }

  private place(key: number, lane: Lane, at: number): void {
    this.keys[at] = key
    this.lanes[at] = lane
  }
}
