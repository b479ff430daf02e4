import type { Context } from './context.ts'

/** An argument of a command. */
export interface Argument {
  readonly name: string
  readonly about: string
  readonly isOptional?: boolean
  readonly isMany?: boolean
}

/** An option of a command: its flags as `-w, --watch` or `--budget <credits>`. */
export interface Option {
  readonly flags: string
  readonly about: string
}

/** What the command line said. */
export interface Input {
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

/** Carries a command out; a number is what the process ends with. */
export type Run = (context: Context, input: Input) => Promise<number | undefined>

/** One command of the table that the program, the manual and the completions are made of. */
export interface Command {
  /** One or two words, such as `job get`. */
  readonly name: string
  readonly about: string
  readonly arguments?: readonly Argument[]
  readonly options?: readonly Option[]
  /** Command lines without `dps`, and what they do. */
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** Loaded only when it runs, so that the others start fast. */
  readonly load: () => Promise<Run>
}

/** Words that stand before commands of two words. */
export interface Group {
  readonly name: string
  readonly about: string
}
