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

/** The text of an error as `<line>:<column> <path>: <message>`, for a log or a terminal. */
export function workflowErrorText(error: WorkflowError): string {
  const { line, column, path, message } = error
  return path === '' ? `${line}:${column} ${message}` : `${line}:${column} ${path}: ${message}`
}
