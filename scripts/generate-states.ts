import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { isFinal, JOB_STATUSES, type JobStatus } from '../sdk/domain/status.ts'
import { TRANSITIONS, type Transition } from '../sdk/domain/transitions.ts'

const root = join(import.meta.dirname, '..')
const BEGIN = '<!-- states: written by `npm run generate` -->'
const END = '<!-- /states -->'

/** What each state means. */
const MEANINGS: Readonly<Record<JobStatus, string>> = {
  NONE: 'a job that does not exist (Solidity’s zero)',
  PENDING: 'submitted, waiting for the meta-scheduler',
  META_SCHEDULED: 'assigned to a cluster',
  SCHEDULED: 'queued inside the cluster',
  RUNNING: 'executing',
  FINISHED: 'ended successfully',
  FAILED: 'ended with a non-zero exit code',
  OUT_OF_CREDITS: 'ended by its time limit or its credits',
  CANCELLED: 'cancelled by the customer',
  PANICKED: 'undefined behaviour; killed. Costs nothing',
}

/** The states of a job and their meaning as a Markdown table. */
export function statesTable(): string {
  const rows = JOB_STATUSES.filter((status) => status !== 'NONE').map((status) => [status, MEANINGS[status]])
  return table(['state', 'meaning'], rows)
}

/** The page about the state machine. */
export function statesPage(transitions: readonly Transition[]): string {
  const rows = transitions.map(({ from, to, by, condition, money }) => [from, to, by, condition, money])
  return [
    '# States of a job',
    'Written from `sdk/domain/transitions.ts` by `npm run generate`; `contracts/libraries/Transitions.sol` holds the same table on chain.',
    `\`NONE\` is ${MEANINGS.NONE}. From FINISHED on, a state is final: no row leads out of it.`,
    statesTable(),
    diagram(transitions),
    '## Transitions',
    'A pair of states that is not here is illegal. Each row emits exactly one event (see [decision 2](decisions/0002-one-event-per-transition.md)).',
    `${table(['from', 'to', 'who', 'condition', 'money'], rows)}\n`,
  ].join('\n\n')
}

/** A text with what stands between the marks replaced by the table of states. */
export function withStatesTable(text: string): string {
  const [before, rest] = [text.split(BEGIN)[0], text.split(END)[1]]
  if (before === undefined || rest === undefined) throw new Error(`README.md has lost its marks ${BEGIN} and ${END}`)
  return `${before}${BEGIN}\n${statesTable()}\n${END}${rest}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`)
  return lines.join('\n')
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|')
}

function diagram(transitions: readonly Transition[]): string {
  const start = (status: JobStatus): string => (status === 'NONE' ? '[*]' : status)
  const arrows = transitions.map(({ from, to }) => `    ${start(from)} --> ${to}\n`)
  const ends = JOB_STATUSES.filter(isFinal).map((status) => `    ${status} --> [*]\n`)
  return `\`\`\`mermaid\nstateDiagram-v2\n${arrows.join('')}${ends.join('')}\`\`\``
}

function main(): void {
  const program = new Command('generate-states')
    .description('Writes docs/states.md and the table of states in README.md from sdk/domain.')
    .option('--check', 'write nothing, and fail where a file is not what sdk/domain says', false)
    .parse()
  const { check } = program.opts<{ check: boolean }>()
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const pages = { 'docs/states.md': statesPage(TRANSITIONS), 'README.md': withStatesTable(readme) }
  const stale = Object.entries(pages).filter(([path, text]) => textOf(join(root, path)) !== text)
  if (!check) for (const [path, text] of stale) writeFileSync(join(root, path), text)
  if (check && stale.length > 0) {
    program.error(`error: not fresh: ${stale.map(([path]) => path).join(', ')}. Run \`npm run generate\`.`)
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.main) main()
