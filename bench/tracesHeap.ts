/** Numbers by time, earliest first; equal times by the number. */
export class EventHeap {
  private readonly heap: { readonly time: number; readonly what: number }[] = []

  get size(): number {
    return this.heap.length
  }

  /** The earliest time; infinite where there is none. */
  time(): number {
    return this.heap[0]?.time ?? Number.POSITIVE_INFINITY
  }

  push(time: number, what: number): void {
    const { heap } = this
    const event = { time, what }
    let at = heap.length
    heap.push(event)
    for (let up = (at - 1) >> 1; at > 0 && precedes(event, heap[up]); up = (at - 1) >> 1) {
      heap[at] = heap[up] as (typeof heap)[number]
      at = up
    }
    heap[at] = event
  }

  /** Takes the earliest out; -1 where there is none. */
  pop(): number {
    const { heap } = this
    const top = heap[0]
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) this.sink(last)
    return top?.what ?? -1
  }

  private sink(event: { readonly time: number; readonly what: number }): void {
    const { heap } = this
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const right = heap[child + 1]
      if (right !== undefined && precedes(right, heap[child])) child += 1
      const next = heap[child]
      if (next === undefined || !precedes(next, event)) break
      heap[at] = next
      at = child
    }
    heap[at] = event
  }
}

interface Event {
  readonly time: number
  readonly what: number
}

function precedes(left: Event, right: Event | undefined): boolean {
  if (right === undefined || left.time < right.time) return true
  return left.time === right.time && left.what < right.what
}
