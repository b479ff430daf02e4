import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import type { Mutant } from './mutate/mutant.ts'
import { readEquivalents, readResults, remember, resultOf, summaryOf } from './mutate/results.ts'
import { OperatorError } from './operatorError.ts'
import { runScript } from './runScript.ts'

interface Options {
  readonly seed: number
  readonly count?: number
  readonly resume?: string
  readonly only?: string
  readonly atLeast: number
  readonly json: boolean
}

const program = new Command('mutate')
  .description('Changes the contracts in small ways, one at a time, and looks whether a test notices.')
  .option('--seed <number>', 'which order the mutants are tried in', whole, 1)
  .option('--count <number>', 'how many are tried; all where it is not given', whole)
  .option('--resume <file>', 'a file that each result is appended to; what it holds is not tried again')
  .option('--only <text>', 'tries only mutants whose source, place or key contains this')
  .option('--at-least <permille>', 'fails where fewer mutants are killed', whole, 950)
  .option('--json', 'prints one JSON object', false)
  .action(mutate)

async function mutate(options: Options): Promise<void> {
  process.env['HARDHAT_CONFIG'] = join(import.meta.dirname, 'mutate/hardhat.config.ts')
  const { prepareTrial } = await import('./mutate/trial.ts')
  const trial = await prepareTrial()
  const equivalents = readEquivalents()
  const known = readResults(options.resume)
  const chosen = choose(trial.mutants, options)
  const results = []
  for (const mutant of chosen) {
    const former = known.get(mutant.key)
    // What is listed needs no trial: the suite would have to pass to its end.
    const verdict = equivalents.has(mutant.key) ? { fate: 'survived' as const } : undefined
    const result = former ?? resultOf(mutant, verdict ?? (await trial.judge(mutant)), equivalents)
    if (former === undefined) remember(options.resume, result)
    results.push(result)
    if (!options.json) console.log(`${results.length}/${chosen.length} ${lineOf(result)}`)
  }
  tell(summaryOf(results), trial.mutants.length, options)
}

/** The mutants of a run, shuffled by the seed: `count` of them. A mutant keeps its place when others come and go. */
function choose(mutants: readonly Mutant[], { seed, count, only = '' }: Options): readonly Mutant[] {
  const wanted = mutants.filter(({ source, place, key }) => `${source} ${place} ${key}`.includes(only))
  const rank = ({ key }: Mutant) => createHash('sha256').update(`${seed} ${key}`).digest('hex')
  const dealt = wanted.map((mutant) => ({ mutant, rank: rank(mutant) }))
  dealt.sort((left, right) => (left.rank < right.rank ? -1 : 1))
  return dealt.slice(0, count ?? dealt.length).map(({ mutant }) => mutant)
}

function tell(summary: ReturnType<typeof summaryOf>, mutants: number, { json, atLeast }: Options): void {
  const { survivors, ...counts } = summary
  if (json) console.log(JSON.stringify({ mutants, ...summary }))
  else {
    console.log(`${mutants} mutants in all: ${JSON.stringify(counts)}`)
    for (const survivor of survivors) console.log(lineOf(survivor))
  }
  if (summary.killedPermille >= atLeast) return
  const found = `${summary.killedPermille} of 1000 mutants are killed, ${atLeast} are needed`
  throw new OperatorError('MUTANTS_SURVIVE', `${found}: write a test for each survivor, or list it with its reason.`)
}

function lineOf({ fate, key, place, before, after, by }: ReturnType<typeof resultOf>): string {
  const killer = by === undefined ? '' : ` by “${by}”`
  return `${fate} ${key}${place}: ${before} ⇒ ${after}${killer}`
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

await runScript(program)
process.exit()
