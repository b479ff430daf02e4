import { type Document, isAlias, isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import type { WorkflowErrorCode } from './workflowError.ts'
import { quoted, type WorkflowPath } from './workflowPath.ts'

/** What a workflow may unfold into once every alias is replaced by what it stands for: levels, nodes, and UTF-16 units of text. */
export const YAML_LIMITS = { depth: 32, nodes: 20_000, text: 1_048_576 } as const

/** Who is told what the walk over a document meets. */
export interface Listener {
  /** A field, and the offsets of its name and its value in the text. */
  place(path: WorkflowPath, key: number, value: number): void
  fault(path: WorkflowPath, code: WorkflowErrorCode, message: string): void
}

interface Walk extends Listener {
  readonly document: Document
  nodes: number
  text: number
  isFull: boolean
}

/** The plain data of a YAML document. Bounded: a text that unfolds into too much is a fault, and the rest is left out. */
export function plainData(document: Document, listener: Listener): unknown {
  const walk: Walk = { document, nodes: 0, text: 0, isFull: false, place: listener.place, fault: listener.fault }
  return plainNode(walk, document.contents, [], 0)
}

function plainNode(walk: Walk, node: unknown, path: WorkflowPath, key: number): unknown {
  const target = isAlias(node) ? node.resolve(walk.document) : node
  const isEmpty = isScalar(target) && target.value === null && target.source === ''
  walk.place(path, key, isEmpty ? key : (offsetOf(node) ?? key))
  if (!hasRoom(walk, target, path)) return undefined
  if (isAlias(node) && target === undefined) walk.fault(path, 'yaml-invalid', `nothing has the anchor ${node.source}`)
  if (isMap(target)) return plainMap(walk, target, path)
  if (isSeq(target)) return target.items.map((item, at) => plainNode(walk, item, [...path, at], offsetOf(item) ?? key))
  return isScalar(target) ? target.value : null
}

function plainMap(walk: Walk, map: YAMLMap, path: WorkflowPath): unknown {
  // Without a prototype, so that no name in the text reaches one.
  const plain: Record<string, unknown> = Object.create(null)
  for (const pair of map.items) {
    if (walk.isFull) break
    const key = offsetOf(pair.key) ?? 0
    const name = isScalar(pair.key) ? String(pair.key.value) : undefined
    if (name === undefined) walk.fault(path, 'yaml-invalid', 'the name of a field must be a plain text')
    else if (name in plain) {
      walk.place([...path, name], key, key)
      walk.fault([...path, name], 'duplicate', `${quoted(name)} stands twice in the same map; keep one`)
    } else plain[name] = plainNode(walk, pair.value, [...path, name], key)
  }
  return plain
}

function hasRoom(walk: Walk, node: unknown, path: WorkflowPath): boolean {
  walk.nodes += 1
  if (isScalar(node) && typeof node.value === 'string') walk.text += node.value.length
  const { depth, nodes, text } = YAML_LIMITS
  const fits = path.length < depth && walk.nodes <= nodes && walk.text <= text
  if (!fits && !walk.isFull) {
    const most = `${depth} levels, ${nodes} values and ${text} characters`
    walk.fault(path, 'too-complex', `it unfolds into too much; a workflow has at most ${most}`)
    walk.isFull = true
  }
  return !walk.isFull
}

function offsetOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0]
}
