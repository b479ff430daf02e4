import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { PlacementGrid, providersOf, requestFrom, type Size } from './placementGrid.ts'
import { scan } from './placementScan.ts'
import { randomFrom } from './random.ts'

const HELP = `Measures how fast the scheduler decides on a full grid with a full queue: in each round jobs end, as many are submitted, and one tick places
what has room.

  npm run -s bench:placement -- [--json] [--rounds N] [--size NODES,CLUSTERS,QUEUE]

  --json    prints JSON instead of a table
  --rounds  measured rounds of each size (30)
  --size    one size instead of all; may be given several times`

/** What one size was measured at. Rates and times are medians over the rounds. */
interface Measured extends Size {
  /** Of the ticks, in which jobs are decided about and take their nodes. */
  readonly placementsPerSecond: number
  /** Of all work: what ends and is submitted is taken in as well. */
  readonly allWorkPerSecond: number
  readonly tickP50Ms: number
  readonly tickP99Ms: number
  readonly placementsPerTick: number
  /** A look at the whole order again, in which nothing starts. */
  readonly idleTickMs: number
  /** After the submission of one job. */
  readonly smallTickMs: number
  readonly memoryMb: number
  readonly linearScanPlacementsPerSecond: number
}

const SIZES: readonly Size[] = [10_000, 100_000].flatMap((nodes) =>
  [10, 100, 1000].flatMap((clusters) => [1000, 10_000, 100_000].map((queue) => ({ nodes, clusters, queue }))),
)
const WARM_UP = 10

function measure(size: Size, rounds: number): Measured {
  const grid = new PlacementGrid(size)
  // So many as end in a tick of a busy grid: no more than a tenth of what runs.
  const batch = Math.min(10_000, size.queue, Math.ceil(grid.running.length / 10))
  const ticks: number[] = []
  const rates: number[] = []
  const tickRates: number[] = []
  let placed = 0
  for (let round = 0; round < WARM_UP + rounds; round += 1) {
    const requests = grid.requests(Math.max(0, size.queue - grid.waiting))
    const begun = performance.now()
    grid.end(batch)
    grid.submit(requests.length, requests)
    const ticked = performance.now()
    const starts = grid.tick().length
    const done = performance.now()
    if (round < WARM_UP) continue
    ticks.push(done - ticked)
    tickRates.push(starts / ((done - ticked) / 1000))
    rates.push(starts / ((done - begun) / 1000))
    placed += starts
  }
  return {
    ...size,
    placementsPerSecond: Math.round(at(tickRates, 0.5)),
    allWorkPerSecond: Math.round(at(rates, 0.5)),
    tickP50Ms: round3(at(ticks, 0.5)),
    tickP99Ms: round3(at(ticks, 0.99)),
    placementsPerTick: Math.round(placed / rounds),
    idleTickMs: round3(at(idleTicks(grid), 0.5)),
    smallTickMs: round3(at(smallTicks(grid), 0.5)),
    memoryMb: Math.round(process.memoryUsage().rss / 2 ** 20),
    linearScanPlacementsPerSecond: Math.round(scanRate(size)),
  }
}

// A minute apart, so that each looks at the whole order again and finds no room.
function idleTicks(grid: PlacementGrid): readonly number[] {
  return Array.from({ length: 50 }, () => {
    const begun = performance.now()
    grid.tick(61)
    return performance.now() - begun
  })
}

function smallTicks(grid: PlacementGrid): readonly number[] {
  return Array.from({ length: 50 }, () => {
    grid.submit(1)
    const begun = performance.now()
    grid.tick()
    return performance.now() - begun
  })
}

function scanRate(size: Size): number {
  const random = randomFrom(7)
  const providers = providersOf(size, random)
  return scan(
    providers,
    Array.from({ length: 2000 }, () => requestFrom(random)),
    500,
  )
}

function at(values: readonly number[], part: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * part)] ?? 0
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000
}

function sizesOf(texts: readonly string[]): readonly Size[] {
  return texts.map((text) => {
    const [nodes = 0, clusters = 0, queue = 0] = text.split(',').map(Number)
    return { nodes, clusters, queue }
  })
}

// Short-lived objects of one tick die young when the young generation is large enough for them.
setFlagsFromString('--max-semi-space-size=64')
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '30' },
    size: { type: 'string', multiple: true },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(HELP)
else {
  const results = (values.size === undefined ? SIZES : sizesOf(values.size)).map((size) =>
    measure(size, Number(values.rounds)),
  )
  if (values.json) console.log(JSON.stringify(results, undefined, 1))
  else console.table(results)
}
