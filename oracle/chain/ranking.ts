/** Blocks that an endpoint may be behind the best before others are asked first. */
export const LAG_BLOCKS = 2
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000
/** How much a new measurement counts for the latency that is kept. */
const LATENCY_WEIGHT = 0.2
/** How many times faster another endpoint must be to be asked instead of the one in use. */
const CLEARLY_FASTER = 2

/** What is known of an endpoint. */
export interface EndpointHealth {
  readonly url: string
  /** Number of the last head that it named; undefined before the first. */
  readonly head: number | undefined
  /** Smoothed milliseconds of an answer. */
  readonly latencyMs: number
  /** Failures since the last answer. */
  readonly failures: number
  /** Monotonic milliseconds until which it is asked only when all others fail. */
  readonly pausedUntil: number
}

export function newEndpoint(url: string): EndpointHealth {
  return { url, head: undefined, latencyMs: 0, failures: 0, pausedUntil: 0 }
}

/** An endpoint after an answer that took so long. */
export function answered(endpoint: EndpointHealth, tookMs: number): EndpointHealth {
  const { latencyMs } = endpoint
  const smoothed = latencyMs === 0 ? tookMs : latencyMs + LATENCY_WEIGHT * (tookMs - latencyMs)
  return { ...endpoint, latencyMs: smoothed, failures: 0, pausedUntil: 0 }
}

/**
 * An endpoint after a failure at `now`: it is left alone for twice as long each time, or for as long as it asked for.
 *
 * @param retryAfterMs What the endpoint asked for; 0 where it asked for nothing.
 */
export function failed(endpoint: EndpointHealth, now: number, retryAfterMs = 0): EndpointHealth {
  const failures = endpoint.failures + 1
  const pause = Math.max(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10), retryAfterMs)
  return { ...endpoint, failures, pausedUntil: now + Math.min(pause, LONGEST_PAUSE_MS) }
}

/** How many blocks an endpoint is behind the best head; 0 where it has not named one. */
export function lagOf({ head }: EndpointHealth, all: readonly EndpointHealth[]): number {
  return head === undefined ? 0 : Math.max(...all.map((other) => other.head ?? 0)) - head
}

/**
 * The order in which endpoints are asked: those that answer, then those at the head, then the one that is in use, then the fastest. Ties
 * keep the order of the settings.
 */
export function ranked(
  all: readonly EndpointHealth[],
  current: string | undefined,
  now: number,
): readonly EndpointHealth[] {
  const inUse = all.find(({ url }) => url === current)
  const isClearlyFaster = ({ url, latencyMs }: EndpointHealth) =>
    url !== current && inUse !== undefined && latencyMs > 0 && latencyMs * CLEARLY_FASTER < inUse.latencyMs
  const keysOf = (endpoint: EndpointHealth) => [
    endpoint.pausedUntil > now ? endpoint.pausedUntil : 0,
    lagOf(endpoint, all) > LAG_BLOCKS ? 1 : 0,
    isClearlyFaster(endpoint) ? 0 : endpoint === inUse ? 1 : 2,
    all.indexOf(endpoint),
  ]
  return [...all].sort((left, right) => compare(keysOf(left), keysOf(right)))
}

function compare(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((key, index) => key !== right[index])
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0)
}
