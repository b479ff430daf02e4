import type { Revert } from '../chain/reverts.ts'
import type { Refusal } from '../refusal.ts'

/** A message that the relay does not take. It changed nothing. */
export class RelayRefusal extends Error {
  override readonly name = 'RelayRefusal'
  readonly status: number
  readonly code: string
  readonly facts: Refusal['facts']
  constructor(status: number, { code, message, facts }: Refusal) {
    super(message)
    this.status = status
    this.code = code
    this.facts = facts
  }
}

/** HTTP statuses of the contract's refusals; 409 for the rest: the state of the chain is against it. */
const STATUSES: Readonly<Record<string, number>> = {
  SignatureInvalid: 401,
  BalanceTooLow: 402,
  AllowanceTooLow: 402,
  AllowanceEnded: 402,
  RequestOutOfRange: 400,
  RequestsArePaused: 503,
}

const MONEY = new Set(['BalanceTooLow', 'AllowanceTooLow', 'AllowanceEnded'])

/** The contract's refusal as the relay's. What is about money is called UNDERFUNDED. */
export function refusalByContract({ error, refusal }: Revert): RelayRefusal {
  const status = STATUSES[error] ?? 409
  return new RelayRefusal(status, MONEY.has(error) ? { ...refusal, code: 'UNDERFUNDED' } : refusal)
}
