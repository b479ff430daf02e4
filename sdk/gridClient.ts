import type { Account, Chain, PublicClient, Transport, WalletClient } from 'viem'
import type { Deployment } from './deployments/deployment.ts'
import type { Hex } from './domain/job.ts'
import {
  ChainUnreachable,
  ContractMissing,
  ServiceUnknown,
  SignerMismatch,
  WalletMissing,
  WrongChain,
} from './errors.ts'

/** A wallet of any kind that viem knows, with its account. */
export type Wallet = WalletClient<Transport, Chain | undefined, Account>

/** What every action takes: the way to one grid. */
export interface GridClient {
  readonly publicClient: PublicClient
  /** Needed by what signs or sends. */
  readonly wallet?: Wallet
  readonly deployment: Deployment
  /** URL of the oracle's relay, which sends signed messages and pays their gas. */
  readonly relayUrl?: string
  /** URL of the gateway, which keeps definitions and logs. */
  readonly gatewayUrl?: string
}

/**
 * The way to one grid, checked: the node is on the deployment's chain and the contracts are there.
 *
 * @throws ChainUnreachable, WrongChain, ContractMissing
 * @example const grid = await createGridClient({ publicClient, wallet, deployment, relayUrl, gatewayUrl })
 */
export async function createGridClient(parts: GridClient): Promise<GridClient> {
  const { publicClient, deployment } = parts
  const actual = await publicClient.getChainId().catch(unreachable)
  if (actual !== deployment.chainId) throw new WrongChain('node', deployment.chainId, actual)
  for (const contract of ['credits', 'providers', 'jobs'] as const) {
    const code = await publicClient.getCode({ address: deployment[contract] }).catch(unreachable)
    if (code === undefined) throw new ContractMissing(contract, deployment[contract])
  }
  return Object.freeze({ ...parts })
}

function unreachable(cause: unknown): never {
  throw new ChainUnreachable(cause)
}

/** The client's wallet; with `account`, only if it is that account's. Throws WalletMissing or SignerMismatch. */
export function walletOf(grid: GridClient, account?: Hex): Wallet {
  if (grid.wallet === undefined) throw new WalletMissing()
  const { address } = grid.wallet.account
  if (account !== undefined && account.toLowerCase() !== address.toLowerCase())
    throw new SignerMismatch(account, address)
  return grid.wallet
}

/** The URL of a path of a service. Throws ServiceUnknown where the client does not know the service. */
export function serviceUrl(grid: GridClient, service: 'relay' | 'gateway', path: string): string {
  const base = service === 'relay' ? grid.relayUrl : grid.gatewayUrl
  if (base === undefined) throw new ServiceUnknown(service)
  return `${base.replace(/\/+$/, '')}${path}`
}
