import type { Label } from './provider.ts'

/** How a rule compares a label with its value. `=` and `==` mean the same. */
export const AFFINITY_OPERATORS = [':in:', '==', '!=', '<=', '>=', '=', '<', '>'] as const
export type AffinityOperator = (typeof AFFINITY_OPERATORS)[number]

/** One condition on the labels of a provider. */
export interface AffinityRule {
  readonly key: string
  readonly operator: AffinityOperator
  readonly value: string
}

/** Why a text is no affinity, and where: `at` counts UTF-16 units from 0. */
export interface AffinityFault {
  readonly at: number
  readonly message: string
}

export type ParsedAffinity =
  | { readonly kind: 'rules'; readonly rules: readonly AffinityRule[] }
  | { readonly kind: 'fault'; readonly fault: AffinityFault }

const KEY = /^[A-Za-z0-9][A-Za-z0-9._/-]*/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** Reads rules such as `arch=amd64, gpu:in:nvidia, compute.gflops>=1000`, separated by commas. An empty text has no rules. */
export function parseAffinity(text: string): ParsedAffinity {
  if (text.trim() === '') return { kind: 'rules', rules: [] }
  const rules: AffinityRule[] = []
  let at = 0
  for (const part of text.split(',')) {
    const rule = parseRule(part, at)
    if ('message' in rule) return { kind: 'fault', fault: rule }
    rules.push(rule)
    at += part.length + 1
  }
  return { kind: 'rules', rules }
}

function parseRule(part: string, offset: number): AffinityRule | AffinityFault {
  const start = part.length - part.trimStart().length
  const text = part.trim()
  const fault = (at: number, message: string): AffinityFault => ({ at: offset + start + at, message })
  const key = KEY.exec(text)?.[0]
  if (key === undefined) return fault(0, 'expected a label name, such as arch')
  const spaced = text.slice(key.length)
  const rest = spaced.trimStart()
  const operatorAt = key.length + spaced.length - rest.length
  const operator = AFFINITY_OPERATORS.find((candidate) => rest.startsWith(candidate))
  if (operator === undefined) return fault(operatorAt, 'expected one of = == != < <= > >= :in:')
  const value = rest.slice(operator.length).trim()
  const valueAt = operatorAt + rest.length - rest.slice(operator.length).trimStart().length
  if (value === '') return fault(valueAt, `expected a value after ${operator}`)
  if (/^[=<>!]/.test(value)) return fault(valueAt, 'expected a value, found another operator')
  return { key, operator, value }
}

/**
 * Whether the labels satisfy a rule. Two numbers compare as numbers, anything else as text. `:in:` holds where the label contains
 * one of the rule's values, which `;` separates. A missing label satisfies `!=` alone; where a key has several labels, one is enough,
 * but `!=` must hold for all.
 */
export function ruleHolds(rule: AffinityRule, labels: readonly Label[]): boolean {
  const values = labels.filter((label) => label.key === rule.key).map((label) => label.value)
  if (rule.operator === '!=') return values.every((value) => compare(value, rule.value) !== 0)
  return values.some((value) => satisfies(value, rule))
}

/** Whether the labels satisfy all rules. */
export function affinityHolds(rules: readonly AffinityRule[], labels: readonly Label[]): boolean {
  return rules.every((rule) => ruleHolds(rule, labels))
}

function satisfies(value: string, rule: AffinityRule): boolean {
  switch (rule.operator) {
    case ':in:':
      return rule.value.split(';').some((word) => word.trim() !== '' && value.includes(word.trim()))
    case '=':
    case '==':
      return compare(value, rule.value) === 0
    case '!=':
      return compare(value, rule.value) !== 0
    case '<':
      return compare(value, rule.value) < 0
    case '<=':
      return compare(value, rule.value) <= 0
    case '>':
      return compare(value, rule.value) > 0
    case '>=':
      return compare(value, rule.value) >= 0
  }
}

function compare(left: string, right: string): number {
  const [a, b] = NUMBER.test(left) && NUMBER.test(right) ? [Number(left), Number(right)] : [left, right]
  if (a === b) return 0
  return a < b ? -1 : 1
}
