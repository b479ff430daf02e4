import { isError } from 'ethers'

/** Something a person who runs a script can put right. `code` is stable, the message says what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** One sentence for a person: what went wrong and, where it is known, what to do. */
export function sentenceOf(error: unknown): string {
  if (error instanceof OperatorError) return `${error.code}: ${error.message}`
  if (isError(error, 'CALL_EXCEPTION') && error.revert) {
    const values = error.revert.args.map((value) => String(value)).join(', ')
    return `${error.revert.name}(${values}): the contract refused. docs/states.md and the contract’s interface say when.`
  }
  if (isError(error, 'INSUFFICIENT_FUNDS')) return 'INSUFFICIENT_FUNDS: the account has too little native coin for gas.'
  return error instanceof Error ? error.message : String(error)
}
