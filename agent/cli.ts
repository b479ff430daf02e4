import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import pino from 'pino'
import { plausibleLabels } from './benchmark/plausibleLabels.ts'
import { BenchmarkFailed, runBenchmark } from './benchmark/runBenchmark.ts'
import { type Benchmark, matrixSide, standardBenchmarks } from './benchmark/standardScripts.ts'
import { StartRefused } from './errors.ts'
import { writeDurably } from './files/writeDurably.ts'
import { type Inspection, InspectionFailed } from './inspect/nodes.ts'
import { type OfferDraft, proposeOffer, withLabels } from './inspect/proposeOffer.ts'
import { readLocalNode } from './inspect/readLocalNode.ts'
import { readOfferDraft } from './inspect/readOfferDraft.ts'
import { readSlurmNodes } from './inspect/readSlurmNodes.ts'
import { openLocalRunner } from './runners/local/openLocalRunner.ts'
import { parseRunnerSettings } from './settings.ts'

const MEGABYTE = 1_048_576
const COMMAND_TIMEOUT_MILLISECONDS = 60_000
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin'
/** Of the machine's memory, what benchmarks leave alone. */
const MEMORY_SHARE = 0.8

interface BenchmarkOptions {
  readonly offer: string
  readonly cpus: number
  readonly mem: number
  readonly size?: number
  readonly file: number
  readonly minutes: number
  readonly only?: readonly string[]
  readonly run: readonly string[]
}

const whole = (text: string): number => {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give a positive whole number.')
}
const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text]

const program = new Command('agent')
  .description(
    'Finds out what a cluster can offer to the grid. Needs no key and no chain; the agent itself is agent/index.ts.',
  )
  .addHelpText(
    'after',
    `
First inspect, then benchmark, on the cluster. Then decide on the prices in the file, carry it to the machine that has the owner’s key, and there:
  npm run provider -- register …, stake <provider> <credits>, offer <provider> offer.json`,
  )

program
  .command('inspect')
  .description(
    'Reads the cluster and proposes an offer in a file. What the operator decided in an earlier file is kept.',
  )
  .option('--offer <file>', 'where the offer is kept', 'offer.json')
  .option('--slurm', 'a Slurm cluster, by scontrol; otherwise this machine')
  .option('--partition <name>', 'only the nodes of this partition of Slurm')
  .option('--nodes <file>', 'what `scontrol -o show nodes` printed elsewhere, instead of running it here')
  .action((options: { offer: string; slurm?: true; partition?: string; nodes?: string }) => {
    const isSlurm = options.slurm === true || options.nodes !== undefined || options.partition !== undefined
    const inspection = isSlurm ? slurmNodes(options.partition, options.nodes) : localNode()
    const { offer, notes } = proposeOffer(inspection, readOfferDraft(options.offer))
    save(options.offer, offer, notes)
  })

program
  .command('benchmark')
  .description(
    'Measures the cluster by jobs of the runner that RUNNER names (STATE_DIR and the JOB_ settings count, too) and adds labels to the offer.',
  )
  .option('--offer <file>', 'where the offer is kept', 'offer.json')
  .option('--cpus <number>', 'cpus of the compute benchmark', whole, availableParallelism())
  .option(
    '--mem <megabytes>',
    'memory of the compute benchmark',
    whole,
    Math.floor((totalmem() / MEGABYTE) * MEMORY_SHARE),
  )
  .option('--size <number>', 'side of the matrix of HPL; a fifth of the memory, unless said', whole)
  .option('--file <megabytes>', 'size of the file that is written and read', whole, 1024)
  .option('--minutes <number>', 'after which a benchmark is ended', whole, 60)
  .option('--only <names...>', 'of the standard ones: hpcc, fio')
  .option(
    '--run <command>',
    'one of your own instead, such as one that runs xhpl, stream, fio --output-format=json or osu_latency; may come often',
    collect,
    [],
  )
  .action(benchmark)

async function benchmark(options: BenchmarkOptions): Promise<void> {
  const before = readOfferDraft(options.offer)
  if (before === undefined) throw new InspectionFailed(`There is no offer in ${options.offer} yet. Inspect first.`)
  const settings = parseRunnerSettings(process.env)
  const directory = join(settings.STATE_DIR, 'benchmark')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const log = pino({ level: settings.LOG_LEVEL }, pino.destination(2))
  const capacity = { CPUS: options.cpus, MEM: options.mem }
  const runner = openLocalRunner({ ...settings, ...capacity }, directory, process.env['PATH'] ?? DEFAULT_PATH, log)
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  let offer = before
  for (const one of chosen(options)) {
    say(`running ${one.name} on ${one.tasks} cpus …`)
    const limits = { memPerCpu: Math.floor(options.mem / options.cpus), timeLimitSeconds: options.minutes * 60 }
    const measures = await runBenchmark(runner, one, limits, stop.signal)
    const { labels, refused } = plausibleLabels(measures, options.cpus)
    offer = withLabels(offer, labels)
    // Each is kept at once: a later one may fail, or take long.
    save(options.offer, offer, refused)
    for (const { key, value } of labels) say(`  ${key} = ${value}`)
    if (refused.length > 0) process.exitCode = 1
  }
  rmSync(directory, { recursive: true, force: true })
}

function chosen({ cpus, mem, size, file, only, run }: BenchmarkOptions): readonly Benchmark[] {
  if (run.length > 0) return run.map((script, index) => ({ name: `command ${index + 1}`, tasks: cpus, script }))
  const standard = standardBenchmarks(cpus, size ?? matrixSide(mem), file)
  const unknown = only?.find((name) => standard.every((one) => one.name !== name))
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no benchmark ${unknown}: ${standard.map(({ name }) => name).join(', ')}.`)
  return standard.filter(({ name }) => only === undefined || only.includes(name))
}

function slurmNodes(partition: string | undefined, file: string | undefined): Inspection {
  const text = file === undefined ? output('scontrol', ['-o', 'show', 'nodes']) : readFileSync(file, 'utf8')
  return readSlurmNodes(text, partition)
}

function localNode(): Inspection {
  const query = ['--query-gpu=name', '--format=csv,noheader']
  return readLocalNode({
    lscpu: output('lscpu', []),
    meminfo: readFileSync('/proc/meminfo', 'utf8'),
    nvidiaSmi: optional(() => output('nvidia-smi', query)),
  })
}

function output(command: string, args: readonly string[]): string {
  const env = { ...process.env, LC_ALL: 'C' }
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      env,
      timeout: COMMAND_TIMEOUT_MILLISECONDS,
      maxBuffer: 64 * MEGABYTE,
    })
  } catch (error) {
    throw new InspectionFailed(
      `${command} could not be asked: ${(error as Error).message.split('\n')[0]}. Is it installed, and in PATH?`,
    )
  }
}

function optional<Value>(get: () => Value): Value | undefined {
  try {
    return get()
  } catch {
    return undefined
  }
}

function save(file: string, offer: OfferDraft, notes: readonly string[]): void {
  writeDurably(file, `${JSON.stringify(offer, null, 2)}\n`)
  for (const note of notes) say(note)
  say(`${file} is written.`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** An error that the operator can do something about, in its own words. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof InspectionFailed ||
    error instanceof BenchmarkFailed ||
    error instanceof StartRefused ||
    error instanceof InvalidArgumentError
  )
}

await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${isExpected(error) ? error.message : String(error instanceof Error ? error.stack : error)}\n`)
  process.exitCode = 1
})
