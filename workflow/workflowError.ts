import type { WorkflowWarningCode } from './warnings.ts'

/** What kind of fault a workflow has; stable, for programs to switch on. */
export type WorkflowErrorCode =
  | 'too-large'
  | 'too-complex'
  | 'yaml-invalid'
  | 'duplicate'
  | 'field-unknown'
  | 'field-missing'
  | 'type-wrong'
  | 'out-of-range'
  | 'value-wrong'
  | 'conflict'
  | 'reference-unknown'

/** One fault of a workflow, and where it stands. */
export interface WorkflowError {
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1, in UTF-16 units. */
  readonly column: number
  /** Such as `steps[0].run.shell`; empty for the whole workflow. */
  readonly path: string
  readonly code: WorkflowErrorCode
  /** What was found, what is allowed and, for a typo, the nearest right word. */
  readonly message: string
}

/** What is legal in a workflow but surely not meant, and where it stands. */
export interface WorkflowWarning extends Omit<WorkflowError, 'code'> {
  readonly code: WorkflowWarningCode
}

/** The text of an error or a warning as `<line>:<column> <path>: <message>`, for a log or a terminal. */
export function workflowErrorText(error: WorkflowError | WorkflowWarning): string {
  const { line, column, path, message } = error
  return path === '' ? `${line}:${column} ${message}` : `${line}:${column} ${path}: ${message}`
}
