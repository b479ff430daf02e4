import { type ErrorDescription, Interface, isError } from 'ethers'
import { statusFromNumber } from '../../sdk/domain/status.ts'
import { Jobs__factory, Providers__factory } from '../../typechain-types/index.ts'
import { type Refusal, refusal } from '../refusal.ts'

const CONTRACT_ERRORS = [
  new Interface(Jobs__factory.abi),
  new Interface(Providers__factory.abi),
  new Interface(['error Error(string message)', 'error Panic(uint256 code)']),
]

/** What to do about the errors that people meet most. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  BalanceTooLow: 'Deposit credits, or send a permit along.',
  AllowanceTooLow: 'Ask the payer to allow more, or permit and deposit more.',
  AllowanceEnded: 'Ask the payer to allow the customer anew.',
  RequestOutOfRange: 'Sign a request with a value between the two.',
  JobIllegalTransition: 'Look at the job’s state; there is nothing left to send.',
  JobWrongAttempt: 'Report the current attempt only.',
  NotJobProvider: 'Drop the job: it is with another provider.',
  SignatureInvalid: 'Sign with the named key for this chain and contract.',
  HeartbeatOutOfRange: 'Send a later heartbeat, by a right clock.',
  RequestsArePaused: 'Wait until requests are taken again.',
}

/** A contract's own word on why it refused. */
export interface Revert {
  /** The name of the contract's error, such as `BalanceTooLow`. */
  readonly error: string
  readonly refusal: Refusal
}

/** The contract's error behind encoded data. Data that is no known error is kept as it is. */
export function decodeRevert(data: string): Revert {
  for (const contract of CONTRACT_ERRORS) {
    const error = data.length < 10 ? null : contract.parseError(data)
    if (error !== null) return described(error)
  }
  return { error: 'Unknown', refusal: refusal('REVERTED', `The contract refused without a known error (${data}).`) }
}

/** The revert behind an error that a call threw; undefined where the chain gave no answer, which decides nothing. */
export function revertOf(cause: unknown): Revert | undefined {
  if (!isError(cause, 'CALL_EXCEPTION') || cause.data === null || cause.data === '0x') return undefined
  return decodeRevert(cause.data)
}

function described(error: ErrorDescription): Revert {
  const facts: Record<string, string | number> = {}
  error.fragment.inputs.forEach((input, index) => {
    facts[input.name] = factOf(input.name, input.type, error.args[index])
  })
  const words = Object.entries(facts).map(([name, value]) => `${name} ${value}`)
  const says = words.length === 0 ? error.name : `${error.name}: ${words.join(', ')}`
  const next = NEXT_STEPS[error.name]
  return {
    error: error.name,
    refusal: refusal(codeOf(error.name), next === undefined ? `${says}.` : `${says}. ${next}`, facts),
  }
}

function factOf(name: string, type: string, value: unknown): string | number {
  if (type === 'uint8' && (name === 'from' || name === 'to' || name === 'status'))
    return statusFromNumber(value as bigint)
  // Amounts stay decimal strings; what fits 40 bits is a count, an index or a time.
  return /^uint(8|24|32|40)$/.test(type) ? Number(value) : String(value)
}

/** `BalanceTooLow` → `BALANCE_TOO_LOW` */
function codeOf(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()
}
