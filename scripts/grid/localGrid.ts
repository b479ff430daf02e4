import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type HDNodeWallet, JsonRpcProvider, NonceManager, Wallet } from 'ethers'
import type { Deployment } from '../../sdk/deployments/deployment.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import { keyFileText, newSealingKey, publicKeyOf } from '../../sdk/gateway/sealing.ts'
import { contractsAt } from '../contractsAt.ts'
import { deployGrid } from '../deployGrid.ts'
import { type DeploymentConfig, LOCAL_CONFIG } from '../deploymentConfig.ts'
import { addStake, registerProvider, setOffer } from '../joinGrid.ts'
import { LOCAL_PROVIDERS, type LocalProvider } from './localProviders.ts'
import { type ChainNode, startNode } from './startNode.ts'
import { type Service, startService, stopProcess } from './startService.ts'

const CREDIT = 10n ** 18n
const STAKE = 2_000n * CREDIT
const GAS_MONEY = 10n ** 21n

/** A key of the local grid. */
export interface LocalAccount {
  readonly address: Hex
  readonly privateKey: Hex
}

/** A provider that runs in the local grid. */
export interface RunningProvider {
  readonly index: number
  readonly name: string
  readonly owner: LocalAccount
  readonly signer: LocalAccount
  readonly folder: string
  /** Settings of its agent that differ from those of the others. */
  readonly agent: Readonly<Record<string, string>>
}

/** Providers that run on something which the grid starts and stops. */
export interface GridGround {
  readonly providers: readonly LocalProvider[]
  stop(): Promise<void>
}

/** Everything there is to know of a running local grid. */
export interface LocalGrid {
  readonly folder: string
  readonly rpcUrl: string
  readonly relayUrl: string
  readonly gatewayUrl: string
  readonly deployment: Deployment
  readonly deploymentPath: string
  /** Admin, minter, approver, guardian and treasury of this grid. */
  readonly operator: LocalAccount
  readonly oracle: LocalAccount
  readonly providers: readonly RunningProvider[]
  readonly services: ReadonlyMap<string, Service>
  /** Mints credits (18 decimals). */
  mint(to: Hex, amount: bigint): Promise<void>
  /** Kills a service where it stands. */
  kill(name: string): Promise<void>
  /** Starts a service again as it was started before. */
  restart(name: string): Promise<void>
  stop(): Promise<void>
}

/** What can be chosen about a local grid. */
export interface LocalGridOptions {
  /** Whether jobs run in a sandbox; `auto`, unless said otherwise: where the machine can. */
  readonly sandbox?: 'auto' | 'none'
  readonly config?: DeploymentConfig
  readonly providers?: readonly LocalProvider[]
  /** Instead of the providers: what starts them and what they run on, in the folder of the grid. */
  readonly ground?: (folder: string) => Promise<GridGround>
  /** Seconds between blocks, whole. */
  readonly blockSeconds?: number
  /** Told what happens while the grid starts. */
  readonly progress?: (step: string) => void
}

/** Boots a chain node, contracts, gateway, oracle and agents, each a process of its own, on free ports of this machine. */
export async function startLocalGrid(options: LocalGridOptions = {}): Promise<LocalGrid> {
  const folder = mkdtempSync(join(tmpdir(), 'deepsquare-grid-'))
  const warden = spawn(process.execPath, [fileURLToPath(new URL('warden.cjs', import.meta.url)), folder], {
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  let ground: GridGround | undefined
  try {
    if (options.ground !== undefined) options.progress?.('starting what the providers run on')
    ground = await options.ground?.(folder)
    return await boot(
      folder,
      warden,
      ground === undefined ? options : { ...options, providers: ground.providers },
      ground,
    )
  } catch (error) {
    await ground?.stop()
    await dismiss(warden)
    throw error
  }
}

/** Lets the warden clear away whatever still belongs to the grid. */
async function dismiss(warden: ChildProcess): Promise<void> {
  if (warden.exitCode !== null || warden.signalCode !== null) return
  const ended = new Promise<void>((resolve) => warden.once('exit', () => resolve()))
  warden.stdin?.end()
  await ended
}

async function boot(
  folder: string,
  warden: ChildProcess,
  options: LocalGridOptions,
  ground: GridGround | undefined,
): Promise<LocalGrid> {
  const { config = LOCAL_CONFIG, providers = LOCAL_PROVIDERS, blockSeconds = 1, progress = () => {} } = options
  progress('starting a chain node')
  const node = await startNode(folder)
  const chain = await Chain.open(node)
  const oracle = await chain.newAccount()
  progress('deploying the contracts')
  const roles = { oracle: [oracle.address], guardian: [chain.operator.address], approver: [chain.operator.address] }
  const holders = { ...roles, minter: [chain.operator.address], parameters: [chain.operator.address] }
  const deployment = await deployGrid(chain.signer, 'local', config, holders)
  const deploymentPath = join(folder, 'deployment.json')
  writeFileSync(deploymentPath, JSON.stringify(deployment, null, 2))
  const common = { RPC_URL: node.url, GRID_DEPLOYMENT: deploymentPath }
  const services = new Services(folder)
  progress('starting the gateway, and providers join')
  const [gateway, joined] = await Promise.all([
    services.start('gateway', 'gateway/index.ts', { ...common, STORE_DIR: join(folder, 'gateway') }),
    joinAll(chain, deployment, providers, folder),
  ])
  await chain.mineEvery(blockSeconds)
  progress('starting the oracle')
  const relay = await services.start('oracle', 'oracle/index.ts', {
    ...common,
    ORACLE_PRIVATE_KEY: oracle.privateKey,
    STORE_PATH: join(folder, 'oracle.sqlite'),
    GATEWAY_URL: urlOf(gateway),
    CONFIRMATIONS: '1',
    POLL_MS: '200',
  })
  progress('starting the providers’ agents')
  const settings = { ...common, SANDBOX: options.sandbox ?? 'auto' }
  await Promise.all(joined.map((provider) => startAgent(services, settings, provider, urlOf(relay), urlOf(gateway))))
  return {
    folder,
    rpcUrl: node.url,
    relayUrl: urlOf(relay),
    gatewayUrl: urlOf(gateway),
    deployment,
    deploymentPath,
    operator: chain.operator,
    oracle,
    providers: joined,
    services: services.running,
    mint: (to, amount) => chain.mint(deployment, to, amount),
    kill: (name) => services.kill(name),
    restart: (name) => services.restart(name),
    stop: async () => {
      await services.stopAll()
      await ground?.stop()
      chain.close()
      await stopProcess(node.process)
      await dismiss(warden)
    },
  }
}

function urlOf(service: Service): string {
  if (service.url === undefined) throw new Error(`${service.name} did not say where it listens`)
  return service.url
}

async function joinAll(
  chain: Chain,
  deployment: Deployment,
  providers: readonly LocalProvider[],
  folder: string,
): Promise<readonly RunningProvider[]> {
  const joined: RunningProvider[] = []
  for (const { profile, offer, agent = {} } of providers) {
    const owner = await chain.newAccount()
    const signer = await chain.newAccount()
    const ownerSigner = chain.signerOf(owner)
    const home = join(folder, `agent-${profile.name}`)
    const encryptionKey = await encryptionKeyIn(home)
    const contact = { signer: signer.address, encryptionKey, endpoint: '' }
    const index = await registerProvider(ownerSigner, deployment, contact, profile)
    await chain.mint(deployment, owner.address, STAKE)
    await addStake(ownerSigner, deployment, index, STAKE)
    await setOffer(ownerSigner, deployment, index, offer)
    await (await contractsAt(deployment, chain.signer).providers.approve(index)).wait()
    joined.push({ index, name: profile.name, owner, signer, folder: home, agent })
  }
  return joined
}

/** Makes the encryption key of an agent in its folder, and returns the public part. */
async function encryptionKeyIn(home: string): Promise<Hex> {
  const key = await newSealingKey()
  mkdirSync(home, { recursive: true })
  writeFileSync(keyFileOf(home), keyFileText(key), { mode: 0o600 })
  return publicKeyOf(key.recipient)
}

function keyFileOf(home: string): string {
  return join(home, 'age.key')
}

async function startAgent(
  services: Services,
  common: Readonly<Record<string, string>>,
  provider: RunningProvider,
  relayUrl: string,
  gatewayUrl: string,
): Promise<void> {
  await services.start(`agent-${provider.name}`, 'agent/index.ts', {
    ...common,
    PROVIDER: String(provider.index),
    SIGNER_PRIVATE_KEY: provider.signer.privateKey,
    ENCRYPTION_KEY_FILE: keyFileOf(provider.folder),
    RELAY_URL: relayUrl,
    GATEWAY_URL: gatewayUrl,
    STATE_DIR: provider.folder,
    RUNNER: 'local',
    SINGLE_TENANT: 'yes',
    CONFIRMATIONS: '1',
    POLL_MS: '200',
    HEARTBEAT_SECONDS: '10',
    CPUS: '32',
    MEM: '65536',
    ...provider.agent,
  })
}

/** The services of a grid by name, and what each was started with. */
class Services {
  readonly running = new Map<string, Service>()
  readonly #settings = new Map<string, { entry: string; env: Readonly<Record<string, string>> }>()
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async start(name: string, entry: string, env: Readonly<Record<string, string>>): Promise<Service> {
    const service = await startService({ name, entry, env, folder: this.#folder })
    // A restarted service listens where it did before, so that the others still find it.
    const port = service.url === undefined ? {} : { LISTEN_PORT: new URL(service.url).port }
    this.#settings.set(name, { entry, env: { ...env, ...port } })
    this.running.set(name, service)
    return service
  }

  async restart(name: string): Promise<void> {
    const settings = this.#settings.get(name)
    if (settings === undefined) throw new Error(`no service is called ${name}`)
    await this.start(name, settings.entry, settings.env)
  }

  async kill(name: string): Promise<void> {
    const child = this.running.get(name)?.process
    if (child === undefined) throw new Error(`no service is called ${name}`)
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGKILL')
    await ended
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running.values()].map((service) => service.stop()))
  }
}

/** The local chain with its operator, who has gas money and hands it out. */
class Chain {
  readonly operator: LocalAccount
  readonly signer: NonceManager
  readonly #provider: JsonRpcProvider

  private constructor(provider: JsonRpcProvider, operator: LocalAccount) {
    this.#provider = provider
    this.operator = operator
    this.signer = this.signerOf(operator)
  }

  static async open(node: ChainNode): Promise<Chain> {
    const provider = new JsonRpcProvider(node.url, undefined, { cacheTimeout: -1, pollingInterval: 20 })
    const operator = account(Wallet.createRandom())
    const chain = new Chain(provider, operator)
    await chain.fund(operator)
    return chain
  }

  signerOf({ privateKey }: LocalAccount): NonceManager {
    return new NonceManager(new Wallet(privateKey, this.#provider))
  }

  async newAccount(): Promise<LocalAccount> {
    const created = account(Wallet.createRandom())
    await this.fund(created)
    return created
  }

  async fund({ address }: LocalAccount): Promise<void> {
    await this.#provider.send('anvil_setBalance', [address, `0x${GAS_MONEY.toString(16)}`])
  }

  async mint(deployment: Deployment, to: Hex, amount: bigint): Promise<void> {
    await (await contractsAt(deployment, this.signer).credits.mint(to, amount)).wait()
  }

  async mineEvery(seconds: number): Promise<void> {
    await this.#provider.send('evm_setAutomine', [false])
    await this.#provider.send('evm_setIntervalMining', [seconds])
  }

  close(): void {
    this.#provider.destroy()
  }
}

function account(wallet: HDNodeWallet): LocalAccount {
  return { address: wallet.address as Hex, privateKey: wallet.privateKey as Hex }
}
