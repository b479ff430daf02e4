import type { Readable } from 'node:stream'

/** A stream that text is written to. */
export interface Sink {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Everything that a command line touches of the process that it runs in. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown }
  readonly stdout: Sink
  readonly stderr: Sink
  /** Given at Ctrl-C and at SIGTERM. */
  readonly signal: AbortSignal
}
