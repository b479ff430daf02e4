import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'
import type { Verdict } from './trial.ts'

/** Where the survivors that no test can kill are listed, each with its reason, by key. */
const EQUIVALENT_FILE = join(import.meta.dirname, '../../test/contracts/mutation-survivors.json')

/** One line of a result file. */
export interface Result {
  readonly key: string
  readonly source: string
  readonly place: string
  readonly operator: string
  readonly before: string
  readonly after: string
  readonly fate: Verdict['fate'] | 'equivalent'
  readonly by?: string
}

/** Survivors that behave like the original, with the reason; by key. */
export function readEquivalents(): ReadonlyMap<string, string> {
  const listed = JSON.parse(readFileSync(EQUIVALENT_FILE, 'utf8')) as readonly { key: string; reason: string }[]
  return new Map(listed.map(({ key, reason }) => [key, reason]))
}

export function resultOf(mutant: Mutant, verdict: Verdict, equivalents: ReadonlyMap<string, string>): Result {
  const { key, source, place, operator, before, after } = mutant
  const facts = { key, source: source.replace('project/', ''), place, operator, before, after }
  if (verdict.fate === 'survived' && equivalents.has(key)) return { ...facts, fate: 'equivalent' }
  return { ...facts, ...verdict }
}

/** The results of an earlier run; none where the file does not exist yet. A line that was cut off is tried again. */
export function readResults(file: string | undefined): ReadonlyMap<string, Result> {
  if (file === undefined || !existsSync(file)) return new Map()
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return new Map(lines.map((line) => JSON.parse(line) as Result).map((result) => [result.key, result]))
}

export function remember(file: string | undefined, result: Result): void {
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(result)}\n`)
}

/** How many mutants met which fate, and the share of killed among those that are mutants at all. */
export function summaryOf(results: readonly Result[]) {
  const count = (fate: Result['fate']) => results.filter((result) => result.fate === fate).length
  const [killed, survived] = [count('killed'), count('survived')]
  return {
    tried: results.length,
    killed,
    survived,
    equivalent: count('equivalent') + count('same-program'),
    stillborn: count('stillborn'),
    killedPermille: killed + survived === 0 ? 1000 : Math.floor((1000 * killed) / (killed + survived)),
    survivors: results.filter(({ fate }) => fate === 'survived'),
  }
}
