import { readFileSync } from 'node:fs'
import { type BaseWallet, JsonRpcProvider, NonceManager, Wallet } from 'ethers'
import { type Deployment, parseDeployment } from '../sdk/deployments/deployment.ts'
import { type Contracts, contractsAt } from './contractsAt.ts'
import { OperatorError } from './operatorError.ts'

/** A grid that a script can read. */
export interface OpenGrid {
  readonly deployment: Deployment
  readonly provider: JsonRpcProvider
}

/** A grid that a script can act on, as the account whose key it was given. */
export interface Connection extends OpenGrid {
  readonly contracts: Contracts
  readonly signer: NonceManager
}

/** Where a script finds its chain and its key. */
export interface ConnectionOptions {
  readonly rpc: string
  readonly deployment: string
  /** Whose key the environment holds, such as OWNER. */
  readonly key: string
}

/** Opens the node. Throws RPC_UNREACHABLE when it does not answer. */
export async function openNode(rpc: string): Promise<{ provider: JsonRpcProvider; chainId: number }> {
  if (!URL.canParse(rpc)) throw new OperatorError('RPC_INVALID', `“${rpc}” is not a URL. Give --rpc http://host:port.`)
  const answer = await fetch(rpc, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined)
  const body = (await answer?.json().catch(() => undefined)) as { result?: string } | undefined
  if (body?.result === undefined) {
    throw new OperatorError('RPC_UNREACHABLE', `no chain node answers at ${rpc}. Is it running, and is --rpc right?`)
  }
  return {
    provider: new JsonRpcProvider(rpc, undefined, { cacheTimeout: -1, pollingInterval: 100 }),
    chainId: Number(body.result),
  }
}

/**
 * The signer of a role such as OWNER: its key from OWNER_PRIVATE_KEY, or from the keystore (Web3 Secret Storage) that OWNER_KEYSTORE
 * names and OWNER_KEYSTORE_PASSWORD_FILE opens. Throws KEY_MISSING, KEY_INVALID or KEYSTORE_INVALID; never shows a key.
 */
export async function signerFrom(role: string, provider: JsonRpcProvider): Promise<NonceManager> {
  const key = process.env[`${role}_PRIVATE_KEY`]
  if (key !== undefined) {
    if (!/^0x[0-9a-fA-F]{64}$/.test(key)) {
      throw new OperatorError(
        'KEY_INVALID',
        `${role}_PRIVATE_KEY is not a private key of 32 bytes in hex, with its 0x.`,
      )
    }
    return new NonceManager(new Wallet(key, provider))
  }
  const keystore = process.env[`${role}_KEYSTORE`]
  const passwordFile = process.env[`${role}_KEYSTORE_PASSWORD_FILE`]
  if (keystore === undefined || passwordFile === undefined) {
    throw new OperatorError(
      'KEY_MISSING',
      `set ${role}_PRIVATE_KEY, or ${role}_KEYSTORE and ${role}_KEYSTORE_PASSWORD_FILE, in the environment.`,
    )
  }
  return new NonceManager((await openKeystore(role, keystore, passwordFile)).connect(provider))
}

async function openKeystore(role: string, keystore: string, passwordFile: string): Promise<BaseWallet> {
  try {
    const password = readFileSync(passwordFile, 'utf8').trimEnd()
    return await Wallet.fromEncryptedJson(readFileSync(keystore, 'utf8'), password)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read'
    throw new OperatorError('KEYSTORE_INVALID', `the keystore of ${role}_KEYSTORE does not open: ${why}.`)
  }
}

/** Opens a deployed grid to act on as the account of `key`. */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const { deployment, provider } = await openGrid(options)
  try {
    const signer = await signerFrom(options.key, provider)
    return { deployment, provider, signer, contracts: contractsAt(deployment, signer) }
  } catch (error) {
    provider.destroy()
    throw error
  }
}

/** Opens a deployed grid to read, and checks that the node is on its chain and that its contracts have code. */
export async function openGrid(options: Pick<ConnectionOptions, 'rpc' | 'deployment'>): Promise<OpenGrid> {
  const deployment = readDeployment(options.deployment)
  const { provider, chainId } = await openNode(options.rpc)
  try {
    if (chainId !== deployment.chainId) {
      throw new OperatorError(
        'WRONG_CHAIN',
        `the node is on chain ${chainId}, but ${options.deployment} is for chain ${deployment.chainId}. Give the right --rpc or --deployment.`,
      )
    }
    for (const name of ['accessManager', 'credits', 'providers', 'jobs'] as const) {
      if ((await provider.getCode(deployment[name])) !== '0x') continue
      throw new OperatorError(
        'NO_CONTRACT',
        `there is no contract at ${deployment[name]} (${name} in ${options.deployment}). Was the chain reset? Deploy again, or give another --deployment.`,
      )
    }
    return { deployment, provider }
  } catch (error) {
    provider.destroy()
    throw error
  }
}

function readDeployment(path: string): Deployment {
  try {
    return parseDeployment(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new OperatorError(
        'DEPLOYMENT_MISSING',
        `there is no file ${path}. Run \`npm run deploy\`, or give --deployment.`,
      )
    }
    throw error
  }
}
