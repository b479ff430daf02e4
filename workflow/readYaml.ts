import { LineCounter, parseDocument } from 'yaml'
import { plainData } from './plainData.ts'
import type { WorkflowError, WorkflowErrorCode } from './workflowError.ts'
import { pathText, type WorkflowPath } from './workflowPath.ts'

const MOST_ERRORS = 100

/** A YAML text as plain data that remembers where everything stood. */
export interface YamlText {
  readonly value: unknown
  /** Faults of the YAML itself. With one that is no `duplicate`, the value is worth nothing. */
  readonly errors: readonly WorkflowError[]
  /** An error at the name or the value of a field; at the nearest field above it where there is none. */
  errorAt(path: WorkflowPath, on: 'key' | 'value', code: WorkflowErrorCode, message: string): WorkflowError
}

/** Reads one YAML (or JSON) document in bounded time and memory, whatever the text. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter()
  // The library's own search for duplicate names takes quadratic time; `plainData` finds them.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const
  const document = parseDocument(text, options)
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const places = new Map<string, { readonly key: number; readonly value: number }>()
  const errorAt: YamlText['errorAt'] = (path, on, code, message) => {
    const own = places.get(JSON.stringify(path))
    const offset = own === undefined ? keyAbove(path) : own[on]
    return { ...position(offset), path: pathText(path), code, message }
  }
  const keyAbove = (path: WorkflowPath): number => {
    const above = path.slice(0, -1)
    const offset = places.get(JSON.stringify(above))?.key
    return offset ?? (above.length === 0 ? 0 : keyAbove(above))
  }
  const faults = [...document.errors, ...document.warnings].slice(0, MOST_ERRORS)
  if (faults.length > 0) {
    const errors = faults.map(({ code, message, pos }) =>
      code === 'RESOURCE_EXHAUSTION'
        ? { ...position(pos[0]), path: '', code: 'too-complex' as const, message: 'it is nested too deeply' }
        : { ...position(pos[0]), path: '', code: 'yaml-invalid' as const, message: `this is no YAML: ${message}` },
    )
    return { value: undefined, errors, errorAt }
  }
  const errors: WorkflowError[] = []
  const value = plainData(document, {
    place: (path, key, value) => places.set(JSON.stringify(path), { key, value }),
    fault: (path, code, message) => errors.length < MOST_ERRORS && errors.push(errorAt(path, 'key', code, message)),
  })
  return { value, errors, errorAt }
}
