import { BaseError, ContractFunctionRevertedError, decodeErrorResult } from 'viem'
import { creditsAbi } from './abi/credits.ts'
import { jobsAbi } from './abi/jobs.ts'
import { providersAbi } from './abi/providers.ts'
import type { Hex } from './domain/job.ts'
import { GridError } from './errors.ts'

const ALL_ERRORS = [...jobsAbi, ...providersAbi, ...creditsAbi].filter((entry) => entry.type === 'error')

// What to do next, for the refusals that users meet; the names say enough for the others.
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['BalanceTooLow', 'Deposit credits, or lower the budget.'],
  ['AllowanceTooLow', 'Ask the payer to allow more, or lower the budget.'],
  ['AllowanceEnded', 'Ask the payer to allow anew.'],
  ['BudgetTooLow', 'Raise the budget, or lower the time limit.'],
  ['SignatureInvalid', 'Sign with the right account, for this chain and contract.'],
  ['JobIllegalTransition', 'Look at the state of the job first; a request can be submitted once.'],
  ['RequestOutOfRange', 'Change the field that is named.'],
  ['StartByPassed', 'Sign a new request with a later startBy.'],
  ['RequestsArePaused', 'Wait until the grid takes new requests.'],
  ['TopUpNotHigher', 'Name a total above the budget.'],
  ['NotJobCustomer', 'Use the wallet of the job’s customer.'],
])

/** A contract refused a call. `reason` and `args` are its own error: `BalanceTooLow`, [account, balance, needed]. */
export class ContractRefused extends GridError {
  readonly code = 'CONTRACT_REFUSED'
  override readonly name = 'ContractRefused'
  readonly reason: string
  readonly args: readonly unknown[]
  constructor(reason: string, args: readonly unknown[], cause?: unknown) {
    const told = `The contract refused: ${reason}(${args.map(String).join(', ')}).`
    super(`${told} ${ADVICE.get(reason) ?? ''}`.trim(), { cause })
    this.reason = reason
    this.args = args
  }
}

/** The error that a contract encoded, such as the `reason` of a JobSkipped event; `Unknown` with the data where it is not one of the grid's. */
export function contractRefused(data: Hex, cause?: unknown): ContractRefused {
  try {
    const { errorName, args } = decodeErrorResult({ abi: ALL_ERRORS, data })
    return new ContractRefused(errorName, (args as readonly unknown[] | undefined) ?? [], cause)
  } catch {
    return new ContractRefused('Unknown', [data], cause)
  }
}

/** A revert as ContractRefused; every other error as it is. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof BaseError)) return error
  const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError)
  if (!(revert instanceof ContractFunctionRevertedError)) return error
  return revert.raw === undefined
    ? new ContractRefused(revert.reason ?? 'Unknown', [], error)
    : contractRefused(revert.raw, error)
}
