import type { Hex } from './domain/job.ts'

/** What every error of the SDK has: a stable code for programs, and a message that says what to do next. */
export abstract class GridError extends Error {
  abstract readonly code: string
}

/** The node serves another chain than the deployment names. */
export class WrongChain extends GridError {
  readonly code = 'WRONG_CHAIN'
  override readonly name = 'WrongChain'
  readonly expected: number
  readonly actual: number
  readonly of: 'node' | 'wallet'
  constructor(of: 'node' | 'wallet', expected: number, actual: number) {
    super(`The ${of} is on chain ${actual}, the grid on chain ${expected}. Use a ${of} of chain ${expected}.`)
    this.of = of
    this.expected = expected
    this.actual = actual
  }
}

/** The deployment names an address that has no code. */
export class ContractMissing extends GridError {
  readonly code = 'CONTRACT_MISSING'
  override readonly name = 'ContractMissing'
  readonly contract: string
  readonly address: Hex
  constructor(contract: string, address: Hex) {
    super(`There is no ${contract} contract at ${address}. Check the deployment file, or deploy the grid anew.`)
    this.contract = contract
    this.address = address
  }
}

/** The node did not answer. */
export class ChainUnreachable extends GridError {
  readonly code = 'CHAIN_UNREACHABLE'
  override readonly name = 'ChainUnreachable'
  constructor(cause: unknown) {
    super('The chain node does not answer. Check its URL and try again.', { cause })
  }
}

/** The client has no wallet, and the action has to sign. */
export class WalletMissing extends GridError {
  readonly code = 'WALLET_MISSING'
  override readonly name = 'WalletMissing'
  constructor() {
    super('This action has to sign. Give `wallet` to createGridClient.')
  }
}

/** The wallet's account is not the one that must sign. */
export class SignerMismatch extends GridError {
  readonly code = 'SIGNER_MISMATCH'
  override readonly name = 'SignerMismatch'
  readonly expected: Hex
  readonly actual: Hex
  constructor(expected: Hex, actual: Hex) {
    super(`Only ${expected} can sign this, and the wallet is ${actual}. Use the customer's wallet.`)
    this.expected = expected
    this.actual = actual
  }
}

/** The client does not know where a service is. */
export class ServiceUnknown extends GridError {
  readonly code = 'SERVICE_UNKNOWN'
  override readonly name = 'ServiceUnknown'
  readonly service: 'relay' | 'gateway'
  constructor(service: 'relay' | 'gateway') {
    super(`No ${service} is known. Give \`${service}Url\` to createGridClient.`)
    this.service = service
  }
}

/** A service did not answer. */
export class ServiceUnreachable extends GridError {
  readonly code = 'SERVICE_UNREACHABLE'
  override readonly name = 'ServiceUnreachable'
  readonly service: string
  readonly url: string
  constructor(service: string, url: string, cause: unknown) {
    super(`The ${service} at ${new URL(url).origin} does not answer. Check the URL and try again.`, { cause })
    this.service = service
    this.url = url
  }
}

/** A service answered with an error of its own. */
export class ServiceRefused extends GridError {
  readonly code = 'SERVICE_REFUSED'
  override readonly name = 'ServiceRefused'
  readonly service: string
  readonly status: number
  /** The code that the service gave. */
  readonly reason: string
  constructor(service: string, status: number, reason: string, message: string) {
    super(`The ${service} refused: ${message}`)
    this.service = service
    this.status = status
    this.reason = reason
  }
}

/** What was waited for did not happen in time; it may still happen. */
export class TimedOut extends GridError {
  readonly code = 'TIMED_OUT'
  override readonly name = 'TimedOut'
  readonly seconds: number
  constructor(what: string, seconds: number) {
    super(`${what} did not happen within ${seconds} s. It may still happen: look again before you repeat the action.`)
    this.seconds = seconds
  }
}

/** No job has this id here. */
export class JobUnknown extends GridError {
  readonly code = 'JOB_UNKNOWN'
  override readonly name = 'JobUnknown'
  readonly id: Hex
  constructor(id: Hex) {
    super(`No job has the id ${id} on this grid. Check the id and the deployment.`)
    this.id = id
  }
}

/** No provider has this index. */
export class ProviderUnknown extends GridError {
  readonly code = 'PROVIDER_UNKNOWN'
  override readonly name = 'ProviderUnknown'
  readonly provider: number
  constructor(provider: number) {
    super(`No provider has the index ${provider} on this grid. Look at the list of providers.`)
    this.provider = provider
  }
}
