import { FetchRequest, JsonRpcProvider, Network } from 'ethers'

/** Milliseconds after which a chain node that does not answer has not answered. */
const REQUEST_TIMEOUT_MS = 10_000
/** Calls that are sent in one HTTP request at most. */
const CALLS_PER_REQUEST = 50

/** A connection to the chain node at `url` that never waits for ever, caches nothing and does not ask for the chain id again. */
export function connectNode(url: string, chainId: number): JsonRpcProvider {
  const request = new FetchRequest(url)
  request.timeout = REQUEST_TIMEOUT_MS
  request.setThrottleParams({ maxAttempts: 3, slotInterval: 100 })
  const network = Network.from(chainId)
  return new JsonRpcProvider(request, network, {
    staticNetwork: network,
    batchMaxCount: CALLS_PER_REQUEST,
    batchStallTime: 2,
    cacheTimeout: -1,
  })
}
