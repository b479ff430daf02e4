import type { Run } from './cluster.ts'

/** Runs by the end of their time limit, earliest first: a heap, because a few ends are enough more often than not. */
export class EndQueue {
  private readonly heap: Run[]

  constructor(runs: readonly Run[]) {
    this.heap = [...runs]
    for (let at = (this.heap.length >> 1) - 1; at >= 0; at -= 1) this.sink(at)
  }

  peek(): Run | undefined {
    return this.heap[0]
  }

  pop(): Run | undefined {
    const top = this.heap[0]
    const last = this.heap.pop()
    if (last !== undefined && this.heap.length > 0) {
      this.heap[0] = last
      this.sink(0)
    }
    return top
  }

  private sink(start: number): void {
    const { heap } = this
    const run = heap[start] as Run
    let at = start
    for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
      const right = heap[child + 1]
      if (right !== undefined && right.end < (heap[child] as Run).end) child += 1
      const next = heap[child] as Run
      if (next.end >= run.end) break
      heap[at] = next
      at = child
    }
    heap[at] = run
  }
}
