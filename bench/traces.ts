import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { POLICY_NAMES, policyNamed } from '../scheduling/policies.ts'
import { FEDERATION_POOLS, replayFederation } from './federation.ts'
import { lublinJobs } from './lublin.ts'
import { type Figures, figuresOf } from './tracesFigures.ts'
import { readTrace, TRACES, type TraceJob, type TraceName } from './tracesFile.ts'
import { linePlot } from './tracesPlot.ts'
import { type Replay, replay, replayAtHome } from './tracesReplay.ts'
import { replayRouted } from './tracesRoute.ts'
import { daysOf, useLines, waitingLine } from './tracesSeries.ts'

/** What every policy is held against. */
const REFERENCES = ['easy', 'sjbf', 'mct', 'home']

const HELP = `Replays workload traces against the scheduler and prints how long jobs waited.

  npm run -s bench:traces -- --dir FOLDER [--policy NAME [--only]] [--trace NAME] [--json] [--plot FOLDER]

  --dir     folder with the traces, NAME.swf.gz (${Object.keys(TRACES).join(', ')})
  --policy  ${POLICY_NAMES.join(', ')} or home, beside ${REFERENCES.join(', ')}; all of them without it. May be given several times
  --only    the policies that were named and no others
  --trace   grid4, synthetic, federation or the name of a trace; all of them without it. May be given several times
  --from, --to  days of each workload to replay, to see whether a result holds for a part
  --shift   days that the clusters of grid4 are moved against each other, for another federation of the same logs
  --json    prints JSON instead of a table
  --plot    folder to write plots of waiting and of cluster use to, as SVG`

const GRID4: readonly TraceName[] = ['KTH-SP2', 'SDSC-SP2', 'CTC-SP2', 'SDSC-BLUE']
const DAY = 86_400
const GRID4_SECONDS = 339 * DAY

interface Workload {
  readonly name: string
  readonly jobs: readonly TraceJob[]
  readonly pools: readonly number[]
}

function workloadOf(name: string, folder: string): Workload | undefined {
  if (name === 'synthetic') return { name, jobs: lublinJobs({ jobs: 10_000, processors: 256, seed: 1 }), pools: [256] }
  if (name === 'federation') return { name, jobs: [], pools: FEDERATION_POOLS }
  if (name === 'grid4') {
    if (!GRID4.every((trace) => existsSync(join(folder, `${trace}.swf.gz`)))) return undefined
    const jobs = GRID4.flatMap((trace, home) => readTrace(folder, trace, home, GRID4_SECONDS))
    return {
      name,
      jobs: jobs.sort((left, right) => left.submit - right.submit),
      pools: GRID4.map((trace) => TRACES[trace]),
    }
  }
  const trace = (Object.keys(TRACES) as TraceName[]).find((known) => known === name)
  if (trace === undefined || !existsSync(join(folder, `${trace}.swf.gz`))) return undefined
  return { name, jobs: readTrace(folder, trace, 0), pools: [TRACES[trace]] }
}

// A part of a workload, its clusters moved against each other.
function partOf({ name, jobs, pools }: Workload, from: number, to: number, shift: number): Workload {
  const moved =
    shift === 0 ? jobs : jobs.map((job) => ({ ...job, submit: (job.submit + shift * job.home * DAY) % GRID4_SECONDS }))
  const part = moved.filter(({ submit }) => submit >= from * DAY && submit < to * DAY)
  return { name, jobs: part.sort((left, right) => left.submit - right.submit), pools }
}

function replayOf({ name, jobs, pools }: Workload, policy: string): Replay {
  if (name === 'federation') return replayFederation(3000, 1, policyNamed(policy))
  if (policy === 'home') return replayAtHome(jobs, pools, policyNamed('easy'))
  if (policyNamed(policy).binding === 'submission') return replayRouted(jobs, pools)
  return replay(jobs, pools, policyNamed(policy))
}

// Only grid4 has homes; the federation has no queues at its clusters.
function suits(policy: string, name: string): boolean {
  if (policy === 'home') return name === 'grid4'
  return name !== 'federation' || policyNamed(policy).binding === 'start'
}

function printTable(name: string, figures: Readonly<Record<string, Figures>>): void {
  console.log(`\n${name}`)
  console.table(
    Object.fromEntries(
      Object.entries(figures).map(([policy, { startsPerCluster, ...rest }]) => [
        policy,
        { ...rest, starts: startsPerCluster.join(' ') },
      ]),
    ),
  )
}

function plot(folder: string, workload: Workload, replays: ReadonlyMap<string, Replay>): void {
  const days = Math.max(...[...replays.values()].map(daysOf))
  const waiting = [...replays].map(([policy, one]) => waitingLine(policy, one, days))
  writeFileSync(
    join(folder, `${workload.name}-waiting.svg`),
    linePlot(`${workload.name}: mean wait`, 'h', days, waiting),
  )
  for (const [policy, one] of replays) {
    const lines = useLines(one, workload.pools, days)
    const title = `${workload.name}: cluster use under ${policy}`
    writeFileSync(join(folder, `${workload.name}-use-${policy}.svg`), linePlot(title, 'share', days, lines))
  }
}

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '../shared/traces' },
    policy: { type: 'string', multiple: true },
    only: { type: 'boolean', default: false },
    from: { type: 'string', default: '0' },
    to: { type: 'string', default: '1000000' },
    shift: { type: 'string', default: '0' },
    trace: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    plot: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const policies = new Set([...(values.policy ?? POLICY_NAMES), ...(values.only ? [] : REFERENCES)])
for (const name of policies) {
  if (name === 'home' || POLICY_NAMES.some((known) => known === name)) continue
  console.error(`no policy is called “${name}”: choose one of ${POLICY_NAMES.join(', ')} or home`)
  process.exit(2)
}
const results: Record<string, Record<string, Figures>> = {}
for (const name of values.trace ?? ['grid4', ...Object.keys(TRACES), 'synthetic', 'federation']) {
  const whole = workloadOf(name, values.dir)
  if (whole === undefined) {
    console.error(`left out ${name}: there is no such trace in ${values.dir}`)
    continue
  }
  const workload = partOf(whole, Number(values.from), Number(values.to), Number(values.shift))
  const replays = new Map<string, Replay>()
  for (const policy of policies) if (suits(policy, name)) replays.set(policy, replayOf(workload, policy))
  const figures = Object.fromEntries([...replays].map(([policy, one]) => [policy, figuresOf(one, workload.pools)]))
  results[name] = figures
  if (!values.json) printTable(name, figures)
  if (values.plot !== undefined) plot(values.plot, workload, replays)
}
if (values.json) console.log(JSON.stringify(results, undefined, 1))
