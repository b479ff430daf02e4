/** The free processors of a cluster over time: what a conservative plan keeps of it. Times in unix seconds. */
export class Profile {
  private readonly times: number[]
  /** Free processors from the time at the same place until the next. */
  private readonly free: number[]

  constructor(now: number, processors: number) {
    this.times = [now]
    this.free = [processors]
  }

  /** The earliest time from `from` on at which so many processors are free for so long; infinite where they never are. */
  earliest(from: number, processors: number, seconds: number): number {
    const { times, free } = this
    let start = from
    for (let at = this.placeOf(from); at < times.length; at += 1) {
      const until = times[at + 1] ?? Number.POSITIVE_INFINITY
      if ((free[at] as number) < processors) start = until
      else if (until - start >= seconds) return start
    }
    return Number.POSITIVE_INFINITY
  }

  /** Takes processors out from `start` on for so long. */
  reserve(start: number, processors: number, seconds: number): void {
    const first = this.split(start)
    const last = this.split(start + seconds)
    for (let at = first; at < last; at += 1) this.free[at] = (this.free[at] as number) - processors
  }

  private split(time: number): number {
    const { times, free } = this
    const at = this.placeOf(time)
    if (times[at] === time) return at
    times.splice(at + 1, 0, time)
    free.splice(at + 1, 0, free[at] as number)
    return at + 1
  }

  // The last place whose time is not after `time`; 0 for a time before all.
  private placeOf(time: number): number {
    let low = 0
    let high = this.times.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.times[middle] as number) <= time) low = middle
      else high = middle - 1
    }
    return low
  }
}
