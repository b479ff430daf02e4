import type { Run } from './cluster.ts'

/**
 * The runs of a cluster by the end of their time limit, earliest first: a heap that is looked into from the top, because a few ends are
 * enough more often than not. Runs that are over stay in it until they come up, or until they are the most of it. The ends stand beside
 * the runs, so that comparing them need not fetch the runs.
 */
export class EndQueue {
  private runs: Run[] = []
  private ends: number[] = []
  private over = 0

  push(run: Run): void {
    const { runs, ends } = this
    const { end } = run
    let at = runs.length
    runs.push(run)
    ends.push(end)
    for (let up = (at - 1) >> 1; at > 0 && (ends[up] as number) > end; up = (at - 1) >> 1) {
      this.move(up, at)
      at = up
    }
    runs[at] = run
    ends[at] = end
  }

  /** Notes that one more of its runs is over. */
  noteOver(): void {
    this.over += 1
    if (this.over * 3 <= this.runs.length * 2 || this.over < 64) return
    this.runs = this.live()
    this.ends = this.runs.map(({ end }) => end)
    this.over = 0
    for (let at = (this.runs.length >> 1) - 1; at >= 0; at -= 1)
      this.sink(at, this.runs[at] as Run, this.ends[at] as number)
  }

  /** The runs that are not over, in no order. */
  live(): Run[] {
    return this.runs.filter(({ isOver }) => !isOver)
  }

  /** Shows runs from the earliest end on until `see` says that it has seen enough. The queue stays as it is. */
  look(see: (run: Run) => boolean): void {
    const seen: Run[] = []
    for (let run = this.pop(); run !== undefined; run = this.pop()) {
      if (run.isOver) {
        this.over -= 1
        continue
      }
      seen.push(run)
      if (see(run)) break
    }
    for (const run of seen) this.push(run)
  }

  private pop(): Run | undefined {
    const top = this.runs[0]
    const run = this.runs.pop()
    const end = this.ends.pop()
    if (run !== undefined && end !== undefined && this.runs.length > 0) this.sink(0, run, end)
    return top
  }

  private sink(start: number, run: Run, end: number): void {
    const { runs, ends } = this
    let at = start
    for (let child = 2 * at + 1; child < runs.length; child = 2 * at + 1) {
      const right = child + 1
      if (right < runs.length && (ends[right] as number) < (ends[child] as number)) child = right
      if ((ends[child] as number) >= end) break
      this.move(child, at)
      at = child
    }
    runs[at] = run
    ends[at] = end
  }

  private move(from: number, to: number): void {
    this.runs[to] = this.runs[from] as Run
    this.ends[to] = this.ends[from] as number
  }
}
