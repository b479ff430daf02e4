import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Wallet } from 'ethers'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { policyNamed } from '../scheduling/policies.ts'
import { type Deployment, parseDeployment } from '../sdk/deployments/deployment.ts'
import { gridDomain } from '../sdk/domain/typedData.ts'
import { type DatabasePlace, databasePlace } from '../store/openDatabase.ts'
import { Jobs__factory, Providers__factory } from '../typechain-types/index.ts'
import { checkGrid } from './chain/checkGrid.ts'
import { Endpoints } from './chain/endpoints.ts'
import { Follower } from './chain/follower.ts'
import { historyOf } from './chain/history.ts'
import { Gateway } from './gateway.ts'
import { Keeper } from './keeper.ts'
import { Metrics } from './metrics.ts'
import { RateLimits } from './relay/rateLimits.ts'
import type { RelayLimits } from './relay/relayContext.ts'
import { type Health, relayServer } from './relay/server.ts'
import { Account } from './sending/account.ts'
import { Sender } from './sending/sender.ts'
import { SettingInvalid, type Settings } from './settings.ts'
import { readCheckpoint } from './store/checkpoints.ts'
import { Decisions } from './store/decisions.ts'
import { Inbox } from './store/inbox.ts'
import { Leadership } from './store/leadership.ts'
import { openStore } from './store/openStore.ts'
import type { TickOptions } from './tick.ts'

/** An oracle that is wired up and checked, and does not turn yet. */
export interface Oracle {
  readonly options: TickOptions
  readonly node: Endpoints
  /** Its relay, not listening yet. */
  readonly serve: (health: () => Health) => FastifyInstance
  readonly close: () => Promise<void>
}

/** Wires an oracle by its settings. Throws SettingInvalid, DeploymentInvalid or StoreUnusable, which say which setting is wrong. */
export async function compose(settings: Settings, log: Logger): Promise<Oracle> {
  const deployment = readDeployment(settings.GRID_DEPLOYMENT)
  const wallet = await readWallet(settings)
  const metrics = new Metrics()
  const node = new Endpoints(settings.RPC_URL, deployment.chainId, ({ kind, url, cause }) => {
    // A path or a query may hold a key.
    const endpoint = new URL(url).host
    metrics.rpc.inc({ endpoint, kind })
    log.warn({ endpoint, cause }, WORDS[kind])
  })
  await checkGrid(node, deployment, wallet.address)
  const contract = Jobs__factory.connect(deployment.jobs, node)
  const providers = Providers__factory.connect(deployment.providers, node)
  const history = historyOf(node, deployment)
  const genesis = (await history.block(0))?.hash ?? ''
  const store = await openStore(placeOf(settings, log), { ...deployment, genesis })
  const { chainId, jobs } = deployment
  const isShared = settings.DATABASE_URL !== undefined
  const leadership = new Leadership({ store, holder: randomUUID(), isShared })
  await leadership.campaign(performance.now())
  const domain = gridDomain(chainId, jobs)
  const follower = new Follower(history, {
    startBlock: deployment.startBlock,
    reorgDepth: settings.REORG_DEPTH,
    onEvents: (events) => metrics.followed(events),
  })
  const checkpoint = await readCheckpoint(store)
  if (checkpoint !== undefined) follower.restore(checkpoint)
  const account = new Account({ node, wallet, chainId, jobs, log })
  const { CONFIRMATIONS: confirmations } = settings
  const sender = new Sender({ account, store, leadership, metrics, jobs, confirmations, log })
  const options: TickOptions = {
    node,
    jobs,
    contract,
    domain,
    follower,
    sender,
    gateway: new Gateway(settings.GATEWAY_URL),
    keeper: new Keeper(),
    store,
    leadership,
    decisions: new Decisions(store),
    metrics,
    lately: {},
    policy: policyNamed(settings.POLICY),
    checkpointed: { block: checkpoint?.number ?? Number.NEGATIVE_INFINITY },
    minimumStake: await providers.MINIMUM_STAKE(),
    penalty: await contract.SILENCE_PENALTY(),
    log,
  }
  const relay = {
    ...options,
    inbox: new Inbox(store),
    limits: limitsOf(settings),
    jobs: contract,
    jobsAddress: jobs,
    providers,
    sender: sender.address,
  }
  const close = async () => {
    await leadership.release()
    await store.destroy()
    node.destroy()
  }
  return { options, node, serve: (health) => relayServer(relay, health), close }
}

function limitsOf(settings: Settings): RelayLimits {
  return {
    customers: new RateLimits(settings.CUSTOMER_MESSAGES_PER_MINUTE),
    providers: new RateLimits(settings.PROVIDER_MESSAGES_PER_MINUTE),
    waiting: settings.MOST_WAITING_MESSAGES,
  }
}

const WORDS = {
  failed: 'chain node failed',
  lies: 'chain node lies about its head',
  lags: 'chain node lags',
  'in-use': 'chain node in use',
} as const

function placeOf({ STORE_PATH, DATABASE_URL }: Settings, log: Logger): DatabasePlace {
  if (STORE_PATH !== undefined) mkdirSync(dirname(STORE_PATH), { recursive: true })
  return databasePlace(STORE_PATH ?? '', DATABASE_URL, (cause) => log.warn({ cause: cause.message }, 'database lost'))
}

function readDeployment(path: string): Deployment {
  return parseDeployment(readText('GRID_DEPLOYMENT', path))
}

async function readWallet(settings: Settings): Promise<Wallet> {
  if (settings.ORACLE_PRIVATE_KEY !== undefined) return new Wallet(settings.ORACLE_PRIVATE_KEY)
  const keystore = readText('ORACLE_KEYSTORE', settings.ORACLE_KEYSTORE ?? '')
  const password = readText('ORACLE_KEYSTORE_PASSWORD_FILE', settings.ORACLE_KEYSTORE_PASSWORD_FILE ?? '')
  const account = await Wallet.fromEncryptedJson(keystore, password.trimEnd()).catch(() => {
    throw new SettingInvalid('ORACLE_KEYSTORE', 'is no keystore that the password opens')
  })
  return new Wallet(account.privateKey)
}

function readText(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SettingInvalid(setting, `names a file that cannot be read (${String(cause)})`)
  }
}
