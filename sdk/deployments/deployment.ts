import type { Hex } from '../domain/job.ts'

/** Where a grid stands on a chain: everything a service needs to find it. */
export interface Deployment {
  readonly network: string
  readonly chainId: number
  /** First block that can hold an event of this grid. */
  readonly startBlock: number
  readonly accessManager: Hex
  readonly credits: Hex
  readonly providers: Hex
  readonly jobs: Hex
}

/** A deployment file that cannot be used. */
export class DeploymentInvalid extends Error {
  readonly code = 'DEPLOYMENT_INVALID'
  override readonly name = 'DeploymentInvalid'
  constructor(what: string) {
    super(
      `The deployment file is not usable: ${what}. Write it anew with \`npm run deploy\`, or name another in GRID_DEPLOYMENT.`,
    )
  }
}

const addressPattern = /^0x[0-9a-fA-F]{40}$/

/** Reads the text of a deployment file. Throws DeploymentInvalid, which names the first field that is wrong. */
export function parseDeployment(text: string): Deployment {
  const fields = fieldsOf(text)
  const address = (name: string): Hex => {
    const value = fields[name]
    if (typeof value !== 'string' || !addressPattern.test(value))
      throw new DeploymentInvalid(`${name} is not an address`)
    return value as Hex
  }
  const count = (name: string): number => {
    const value = fields[name]
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw new DeploymentInvalid(`${name} is not a whole number`)
    }
    return value
  }
  const network = fields['network']
  if (typeof network !== 'string' || network === '') throw new DeploymentInvalid('network is not a name')
  return {
    network,
    chainId: count('chainId'),
    startBlock: count('startBlock'),
    accessManager: address('accessManager'),
    credits: address('credits'),
    providers: address('providers'),
    jobs: address('jobs'),
  }
}

function fieldsOf(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new DeploymentInvalid('it is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DeploymentInvalid('it is not a JSON object')
  return value as Record<string, unknown>
}
