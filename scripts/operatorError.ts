import { type ErrorDescription, isError } from 'ethers'
import { Credits__factory, Jobs__factory, Providers__factory } from '../typechain-types/index.ts'

/** Something a person who runs a script can put right. `code` is stable, the message says what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** What to do about the refusals that a person is likely to meet. */
const ADVICE: Readonly<Record<string, string>> = {
  SignerInvalid: 'The agent’s signer must be another key than the owner’s.',
  NotProviderOwner: 'Only the provider’s owner may do this: set OWNER_PRIVATE_KEY to the owner’s key.',
  ProviderUnknown: 'No provider has this index.',
  OfferWithoutPrice: 'At least one price must be above zero.',
  OfferWithoutNodes: 'At least one node group must have a node with a cpu.',
  JobsOpen: 'Wait until the open jobs have ended; the provider gets no new ones while it drains.',
  StillUnbonding: 'Wait until the unbonding delay is over.',
  NothingUnbonding: 'Start with `leave`.',
  AccessManagedUnauthorized: 'The key has not the role that this needs.',
}

/** One sentence for a person: what went wrong and, where it is known, what to do. */
export function sentenceOf(error: unknown): string {
  if (error instanceof OperatorError) return `${error.code}: ${error.message}`
  if (isError(error, 'CALL_EXCEPTION')) {
    const refusal = refusalIn(error.data)
    if (refusal === undefined) return `REFUSED: the contract refused without saying why (${error.shortMessage}).`
    const values = refusal.args.map((value) => String(value)).join(', ')
    return `${refusal.name}(${values}): the contract refused. ${ADVICE[refusal.name] ?? ''}`.trimEnd()
  }
  if (isError(error, 'INSUFFICIENT_FUNDS')) return 'INSUFFICIENT_FUNDS: the account has too little native coin for gas.'
  return error instanceof Error ? error.message : String(error)
}

function refusalIn(data: string | null): ErrorDescription | undefined {
  if (data === null || data === undefined) return undefined
  for (const factory of [Providers__factory, Jobs__factory, Credits__factory]) {
    const refusal = factory.createInterface().parseError(data)
    if (refusal !== null) return refusal
  }
  return undefined
}
