import { GatewaySession } from './gateway/session.ts'
import { type GridClient, serviceUrl, type Wallet, walletOf } from './gridClient.ts'
import { answerOf, type Call, checkAnswer } from './http.ts'

/** What is asked of the gateway as the wallet's account. */
export interface GatewayCall extends Pick<Call, 'method' | 'headers' | 'body' | 'signal' | 'hasNoTimeLimit'> {
  /** From the root of the gateway, such as `/v1/definitions/…`. */
  readonly path: string
}

// A login is asked of a person: clients that share a wallet share it.
const sessions = new WeakMap<Wallet, Map<string, GatewaySession>>()

/**
 * Asks the gateway under the name of the client's wallet, which signs a login where none holds.
 *
 * @throws ServiceRefused, ServiceUnreachable, ServiceUnknown, WalletMissing, or the signal's reason
 */
export async function gatewayFetch(grid: GridClient, { path, ...call }: GatewayCall): Promise<Response> {
  const session = gatewaySession(grid)
  const url = serviceUrl(grid, 'gateway', path)
  const send = (init: RequestInit): Promise<Response> => session.fetch(path, init)
  return checkAnswer('gateway', await answerOf({ ...call, service: 'gateway', url }, send))
}

/** The session of the client's wallet at its gateway. Throws ServiceUnknown or WalletMissing. */
export function gatewaySession(grid: GridClient): GatewaySession {
  const wallet = walletOf(grid)
  const url = serviceUrl(grid, 'gateway', '')
  const ofWallet = sessions.get(wallet) ?? new Map<string, GatewaySession>()
  sessions.set(wallet, ofWallet)
  const key = `${grid.deployment.chainId} ${url}`
  const session = ofWallet.get(key) ?? newSession(grid, wallet, url)
  ofWallet.set(key, session)
  return session
}

function newSession({ deployment }: GridClient, wallet: Wallet, url: string): GatewaySession {
  return new GatewaySession({
    url,
    account: wallet.account.address,
    chainId: deployment.chainId,
    signMessage: (message) => wallet.signMessage({ message }),
    clock: Date.now,
  })
}
