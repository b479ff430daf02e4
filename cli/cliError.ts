import { EXIT, type ExitCode } from './exitCodes.ts'

/** Something that a person can put right: a stable code, one sentence with what to do next, and what the process ends with. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: string
  readonly exitCode: ExitCode
  constructor(code: string, message: string, exitCode: ExitCode, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.exitCode = exitCode
  }
}

/** The command line or a setting is wrong. */
export function usageError(code: string, message: string): CliError {
  return new CliError(code, message, EXIT.usage)
}

/** Something that was named does not exist. */
export function notFound(code: string, message: string): CliError {
  return new CliError(code, message, EXIT.notFound)
}

/** The wallet cannot do what is asked of it. */
export function walletError(code: string, message: string, cause?: unknown): CliError {
  return new CliError(code, message, EXIT.wallet, cause)
}

/** Whether an error is a CliError. By its name: a bundle may hold the class twice, once for each way that a file was loaded. */
export function isCliError(error: unknown): error is CliError {
  return error instanceof Error && error.name === 'CliError'
}
