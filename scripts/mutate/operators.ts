import type { Node } from './solidity.ts'

/** A replacement of one stretch of a source; offsets in bytes. */
export interface Edit {
  readonly operator: Operator
  readonly start: number
  readonly end: number
  readonly text: string
}

export type Operator = 'operator' | 'condition' | 'deletion' | 'arguments' | 'off-by-one' | 'constant'

const SWAPS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '&&': ['||'],
  '||': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '&': ['|'],
  '|': ['&'],
  '<<': ['>>'],
  '>>': ['<<'],
  '+=': ['-='],
  '-=': ['+='],
  '|=': ['&='],
  '++': ['--'],
  '--': ['++'],
}

/** Every mutation that a node of the syntax tree offers by itself. */
export function editsOf(node: Node, source: Buffer): readonly Edit[] {
  switch (node.nodeType) {
    case 'BinaryOperation':
      return operatorEdits(node['leftExpression'], node['rightExpression'], node, source)
    case 'Assignment':
      return operatorEdits(node['leftHandSide'], node['rightHandSide'], node, source)
    case 'UnaryOperation':
      return unaryEdits(node, source)
    case 'IfStatement':
      return ['true', 'false'].map((text) => ({ operator: 'condition', ...spanOf(node['condition']), text }))
    case 'Conditional':
      return [{ operator: 'condition', ...spanOf(node['condition']), text: `!(${textOf(node['condition'], source)})` }]
    case 'ExpressionStatement':
    case 'EmitStatement':
    case 'RevertStatement':
    case 'Return':
    case 'Continue':
      return deletion(node, source)
    case 'ModifierInvocation':
      return modifierEdits(node)
    case 'FunctionCall':
      return swaps(node['arguments'], source)
    case 'TupleExpression':
      return swaps(node['components'], source)
    case 'Literal':
      return literalEdits(node, source)
    default:
      return []
  }
}

export function spanOf(node: unknown): { readonly start: number; readonly end: number } {
  const [start = 0, length = 0] = (node as Node).src.split(':').map(Number)
  return { start, end: start + length }
}

function textOf(node: unknown, source: Buffer): string {
  const { start, end } = spanOf(node)
  return source.subarray(start, end).toString()
}

function operatorEdits(left: unknown, right: unknown, node: Node, source: Buffer): readonly Edit[] {
  const operator = String(node['operator'])
  const from = spanOf(left).end
  const offset = source.subarray(from, spanOf(right).start).indexOf(operator)
  if (offset < 0) return []
  const span = { start: from + offset, end: from + offset + operator.length }
  return (SWAPS[operator] ?? []).map((text) => ({ operator: 'operator', ...span, text }))
}

function unaryEdits(node: Node, source: Buffer): readonly Edit[] {
  const { start, end } = spanOf(node)
  const operator = String(node['operator'])
  if (operator === '!') return [{ operator: 'condition', start, end: start + 1, text: '' }]
  const text = SWAPS[operator]?.[0]
  if (text === undefined) return []
  const at = node['prefix'] === true ? start : start + source.subarray(start, end).lastIndexOf(operator)
  return [{ operator: 'operator', start: at, end: at + operator.length, text }]
}

/** Deletes a whole statement; a loop's own step is no statement of its own. */
function deletion(node: Node, source: Buffer): readonly Edit[] {
  const { start, end } = spanOf(node)
  const semicolon = /^\s*;/.exec(source.subarray(end, end + 80).toString())
  if (semicolon === null) return []
  return [{ operator: 'deletion', start, end: end + semicolon[0].length, text: '{}' }]
}

/** Constructors of parents look like modifiers and cannot go. */
function modifierEdits(node: Node): readonly Edit[] {
  if (node['kind'] !== 'modifierInvocation') return []
  return [{ operator: 'deletion', ...spanOf(node), text: '' }]
}

/** Exchanges neighbours of one type. */
function swaps(list: unknown, source: Buffer): readonly Edit[] {
  const values = (list as readonly (Node | null)[] | undefined) ?? []
  return values.slice(1).flatMap((right, index) => {
    const left = values[index]
    if (!left || !right || typeOf(left) !== typeOf(right)) return []
    const [first, second] = [textOf(left, source), textOf(right, source)]
    if (first === second) return []
    const between = source.subarray(spanOf(left).end, spanOf(right).start).toString()
    const text = `${second}${between}${first}`
    return [{ operator: 'arguments' as const, start: spanOf(left).start, end: spanOf(right).end, text }]
  })
}

function typeOf(node: Node): string {
  const { typeString = '' } = (node['typeDescriptions'] ?? {}) as { typeString?: string }
  return typeString.startsWith('int_const') ? 'number' : typeString.replace(/ (calldata|memory|storage ref)$/, '')
}

function literalEdits(node: Node, source: Buffer): readonly Edit[] {
  const { start } = spanOf(node)
  if (node['kind'] === 'bool') {
    const text = node['value'] === 'true' ? 'false' : 'true'
    return [{ operator: 'constant', ...spanOf(node), text }]
  }
  const digits = node['kind'] === 'number' ? /^(0x[0-9a-f]+|[\d_]+)/i.exec(textOf(node, source))?.[0] : undefined
  if (digits === undefined) return []
  const text = String(Number(digits.replaceAll('_', '')) + 1)
  return [{ operator: 'off-by-one', start, end: start + digits.length, text }]
}
