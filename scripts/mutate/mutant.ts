import { createHash } from 'node:crypto'
import { type Edit, editsOf, type Operator, spanOf } from './operators.ts'
import type { Node, Sources } from './solidity.ts'

/** One change of one source. */
export interface Mutant {
  /** Names the change by what it changes, not by where it stands, so that it keeps its name when lines move. */
  readonly key: string
  readonly operator: Operator
  /** Name of the source, such as `project/contracts/Jobs.sol`. */
  readonly source: string
  /** The function or contract that it lies in. */
  readonly place: string
  /** The statement before and after, on one line each. */
  readonly before: string
  readonly after: string
  readonly edit: Edit
}

const PLACES = ['FunctionDefinition', 'ContractDefinition']
const STATEMENT = /(Statement|Return|VariableDeclaration|FunctionDefinition)$/
const SKIPPED = ['InlineAssembly', 'ImportDirective', 'UsingForDirective', 'StructDefinition', 'InheritanceSpecifier']

/** Every mutant of a source, in the order of the text. */
export function mutantsOf(source: string, text: string, ast: Node): readonly Mutant[] {
  const buffer = Buffer.from(text)
  const found: Mutant[] = []
  const seen = new Map<string, number>()
  const visit = (node: Node, place: string, statement: Node): void => {
    if (SKIPPED.includes(node.nodeType)) return
    const inside = PLACES.includes(node.nodeType) ? `${place}.${node['name'] || node['kind']}` : place
    const around = STATEMENT.test(node.nodeType) ? node : statement
    for (const edit of editsOf(node, buffer)) {
      const facts = { source, place: inside, operator: edit.operator, ...contextOf(edit, around, buffer) }
      const same = seen.get(JSON.stringify(facts)) ?? 0
      seen.set(JSON.stringify(facts), same + 1)
      found.push({ key: keyOf(facts, same), ...facts, edit })
    }
    for (const child of childrenOf(node)) visit(child, inside, around)
  }
  for (const child of childrenOf(ast)) visit(child, '', child)
  return found
}

/** The sources with the mutant's change made. */
export function applied(mutant: Mutant, sources: Sources): Sources {
  const buffer = Buffer.from(sources[mutant.source] ?? '')
  const { start, end, text } = mutant.edit
  const changed = Buffer.concat([buffer.subarray(0, start), Buffer.from(text), buffer.subarray(end)]).toString()
  return { ...sources, [mutant.source]: changed }
}

function contextOf(edit: Edit, around: Node, buffer: Buffer): { before: string; after: string } {
  const span = spanOf(around)
  // Long statements, such as functions with a modifier, are told by their first line.
  const end = Math.max(edit.end, Math.min(span.end, edit.end + 60))
  const start = Math.max(span.start, edit.start - 60)
  const line = (text: string) => text.replace(/\s+/g, ' ').trim()
  return {
    before: line(buffer.subarray(start, end).toString()),
    after: line(`${buffer.subarray(start, edit.start)}${edit.text}${buffer.subarray(edit.end, end)}`),
  }
}

function keyOf(facts: object, same: number): string {
  return createHash('sha256')
    .update(JSON.stringify([facts, same]))
    .digest('hex')
    .slice(0, 12)
}

function childrenOf(node: Node): readonly Node[] {
  const children = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]))
  return children.filter((value): value is Node => typeof value?.nodeType === 'string' && typeof value.src === 'string')
}
