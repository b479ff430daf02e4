import { FetchRequest, JsonRpcProvider } from 'ethers'
import type { Deployment } from '../../sdk/deployments/deployment.ts'
import { type GridDomain, gridDomain } from '../../sdk/domain/typedData.ts'
import {
  type IJobs,
  type IProviders,
  IJobs__factory as JobsFactory,
  IProviders__factory as ProvidersFactory,
} from '../../typechain-types/index.ts'

const TIMEOUT_MILLISECONDS = 10_000
const POLLING_MILLISECONDS = 250

/** The contracts of one grid, read through one RPC endpoint. */
export interface Grid {
  readonly deployment: Deployment
  readonly domain: GridDomain
  readonly rpc: JsonRpcProvider
  readonly jobs: IJobs
  readonly providers: IProviders
}

/** Opens a grid; nothing is asked of the endpoint yet. Every later request ends within ten seconds. */
export function openGrid(rpcUrl: string, deployment: Deployment): Grid {
  const request = new FetchRequest(rpcUrl)
  request.timeout = TIMEOUT_MILLISECONDS
  // An answer kept from before would show a state that has passed.
  const rpc = new JsonRpcProvider(request, deployment.chainId, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: POLLING_MILLISECONDS,
  })
  return {
    deployment,
    domain: gridDomain(deployment.chainId, deployment.jobs),
    rpc,
    jobs: JobsFactory.connect(deployment.jobs, rpc),
    providers: ProvidersFactory.connect(deployment.providers, rpc),
  }
}
