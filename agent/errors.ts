import type { Hex } from '../sdk/domain/job.ts'

/** Why the agent does not start. The message names what is wrong and the setting to change. */
export abstract class StartRefused extends Error {
  abstract readonly code: string
}

/** A setting is missing or wrong. */
export class SettingInvalid extends StartRefused {
  readonly code = 'SETTING_INVALID'
  override readonly name = 'SettingInvalid'
  readonly setting: string
  constructor(setting: string, problem: string) {
    super(`${setting} ${problem}. Set it anew; agent/README.md lists the settings.`)
    this.setting = setting
  }
}

/** The local runner does not separate jobs from each other or from the agent. */
export class SingleTenantNotConfirmed extends StartRefused {
  readonly code = 'SINGLE_TENANT_NOT_CONFIRMED'
  override readonly name = 'SingleTenantNotConfirmed'
  constructor(problem: string) {
    super(
      `There is no sandbox (${problem}), so that jobs run as the user of the agent and can read its key and each other’s files. ` +
        'Make the sandbox possible, or set SINGLE_TENANT=yes if all jobs come from people who may do that.',
    )
  }
}

/** All jobs would run under one user of the cluster. */
export class SharedUserNotConfirmed extends StartRefused {
  readonly code = 'SHARED_USER_NOT_CONFIRMED'
  override readonly name = 'SharedUserNotConfirmed'
  constructor() {
    super(
      'Without SLURM_USERS all jobs run as one user of the cluster, where they can read each other’s files. ' +
        'Name users that are there for jobs of the grid alone, or set SINGLE_TENANT=yes if all jobs come from people who may do that.',
    )
  }
}

/** Slurm, the shared directory or a user of jobs is not as the runner needs it. */
export class SlurmUnusable extends StartRefused {
  readonly code = 'SLURM_UNUSABLE'
  override readonly name = 'SlurmUnusable'
  readonly setting: string
  constructor(setting: string, problem: string) {
    super(`Slurm cannot be used: ${problem}. Check ${setting}; agent/README.md lists the permissions that it takes.`)
    this.setting = setting
  }
}

/** The endpoint of the chain does not answer. */
export class RpcUnreachable extends StartRefused {
  readonly code = 'RPC_UNREACHABLE'
  override readonly name = 'RpcUnreachable'
  constructor(problem: string) {
    super(`The chain does not answer: ${problem}. Check RPC_URL, and that the node runs.`)
  }
}

/** The endpoint serves another chain than the deployment is on. */
export class ChainIdMismatch extends StartRefused {
  readonly code = 'CHAIN_ID_MISMATCH'
  override readonly name = 'ChainIdMismatch'
  readonly expected: number
  readonly actual: number
  constructor(expected: number, actual: number) {
    super(
      `The chain at RPC_URL has the id ${actual}, the deployment is on ${expected}. Change RPC_URL or GRID_DEPLOYMENT.`,
    )
    this.expected = expected
    this.actual = actual
  }
}

/** An address of the deployment holds no contract. */
export class ContractMissing extends StartRefused {
  readonly code = 'CONTRACT_MISSING'
  override readonly name = 'ContractMissing'
  readonly address: Hex
  constructor(contract: string, address: Hex) {
    super(`There is no code at ${address}, where ${contract} should be. Change GRID_DEPLOYMENT, or RPC_URL.`)
    this.address = address
  }
}

/** No provider has this index. */
export class ProviderUnknown extends StartRefused {
  readonly code = 'PROVIDER_UNKNOWN'
  override readonly name = 'ProviderUnknown'
  readonly provider: number
  constructor(provider: number, count: number) {
    super(`There is no provider ${provider}; ${count} are registered. Change PROVIDER, or register it first.`)
    this.provider = provider
  }
}

/** The key is not the one that the provider's owner named. */
export class SignerMismatch extends StartRefused {
  readonly code = 'SIGNER_MISMATCH'
  override readonly name = 'SignerMismatch'
  readonly expected: Hex
  readonly actual: Hex
  constructor(provider: number, expected: Hex, actual: Hex) {
    super(
      `The key belongs to ${actual}, but the signer of provider ${provider} is ${expected}. ` +
        'Change SIGNER_PRIVATE_KEY or SIGNER_KEYSTORE, or let the owner name this signer.',
    )
    this.expected = expected
    this.actual = actual
  }
}

/** The encryption key is not the one that the provider's owner registered. */
export class EncryptionKeyMismatch extends StartRefused {
  readonly code = 'ENCRYPTION_KEY_MISMATCH'
  override readonly name = 'EncryptionKeyMismatch'
  readonly expected: Hex
  readonly actual: Hex
  constructor(provider: number, expected: Hex, actual: Hex) {
    super(
      `The public key of ENCRYPTION_KEY_FILE is ${actual}, but provider ${provider} has registered ${expected}. ` +
        'Change ENCRYPTION_KEY_FILE, or let the owner register this key.',
    )
    this.expected = expected
    this.actual = actual
  }
}

/** A time of the agent is too long for the deadlines of the contracts. */
export class TimeTooLong extends StartRefused {
  readonly code = 'TIME_TOO_LONG'
  override readonly name = 'TimeTooLong'
  readonly setting: string
  readonly seconds: number
  readonly longest: number
  constructor(setting: string, seconds: number, longest: number, why: string) {
    super(`${setting} is ${seconds} s, but at most ${longest} s keep the provider from penalties: ${why}. Lower it.`)
    this.setting = setting
    this.seconds = seconds
    this.longest = longest
  }
}

/** The state directory cannot be written. */
export class StateDirUnusable extends StartRefused {
  readonly code = 'STATE_DIR_UNUSABLE'
  override readonly name = 'StateDirUnusable'
  constructor(directory: string, problem: string) {
    super(`The directory ${directory} cannot be used: ${problem}. Change STATE_DIR, or its owner.`)
  }
}

/** Another agent works in the state directory. */
export class StateDirTaken extends StartRefused {
  readonly code = 'STATE_DIR_TAKEN'
  override readonly name = 'StateDirTaken'
  readonly pid: number
  constructor(directory: string, pid: number) {
    super(`Process ${pid} works in ${directory} already. Stop it, or change STATE_DIR.`)
    this.pid = pid
  }
}

/** The state directory belongs to another provider or grid. */
export class StateDirForeign extends StartRefused {
  readonly code = 'STATE_DIR_FOREIGN'
  override readonly name = 'StateDirForeign'
  constructor(directory: string, owner: string, wanted: string) {
    super(`The directory ${directory} belongs to ${owner}, this is ${wanted}. Change STATE_DIR.`)
  }
}
