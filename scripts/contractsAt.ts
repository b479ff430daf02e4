import type { ContractRunner } from 'ethers'
import type { Deployment } from '../sdk/deployments/deployment.ts'
import {
  type Credits,
  Credits__factory,
  type Jobs,
  Jobs__factory,
  type Providers,
  Providers__factory,
} from '../typechain-types/index.ts'

/** The contracts of a grid, bound to whoever reads or signs. */
export interface Contracts {
  readonly credits: Credits
  readonly providers: Providers
  readonly jobs: Jobs
}

export function contractsAt(deployment: Deployment, runner: ContractRunner): Contracts {
  return {
    credits: Credits__factory.connect(deployment.credits, runner),
    providers: Providers__factory.connect(deployment.providers, runner),
    jobs: Jobs__factory.connect(deployment.jobs, runner),
  }
}
