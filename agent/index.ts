import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Wallet } from 'ethers'
import pino, { type Logger } from 'pino'
import { type Deployment, parseDeployment } from '../sdk/deployments/deployment.ts'
import type { Hex } from '../sdk/domain/job.ts'
import { publicKeyOf, type SealingKey } from '../sdk/gateway/sealing.ts'
import { DirectSender } from './chain/directSender.ts'
import { type Grid, openGrid } from './chain/grid.ts'
import { signing as signingWith } from './chain/signing.ts'
import { WatchList } from './chain/watchList.ts'
import { checkEncryptionKey } from './checkEncryptionKey.ts'
import { checkStart } from './checkStart.ts'
import { SettingInvalid, StartRefused } from './errors.ts'
import { Definitions } from './gateway/definitions.ts'
import { type Gateway, gatewayAt } from './gateway/gateway.ts'
import { loadSealingKey } from './gateway/loadSealingKey.ts'
import { readDefinition } from './gateway/readDefinition.ts'
import { loadSigner } from './loadSigner.ts'
import { LogSender } from './logs/logSender.ts'
import { Logs } from './logs/logs.ts'
import { takeOutputs } from './logs/takeOutputs.ts'
import { BackOff } from './outbox/backOff.ts'
import { Delivery } from './outbox/delivery.ts'
import { Outbox } from './outbox/outbox.ts'
import { renewSignatures } from './outbox/signInto.ts'
import { policyOf } from './policyOf.ts'
import { type Reconciler, reconcile } from './reconcile.ts'
import { Heart, type Pulse } from './relay/heart.ts'
import { relayAt } from './relay/relay.ts'
import { type Repetition, repeat } from './repeat.ts'
import { openLocalRunner } from './runners/local/openLocalRunner.ts'
import type { Runner } from './runners/runner.ts'
import { openSlurmRunner } from './runners/slurm/openSlurmRunner.ts'
import { parseSettings, type Settings } from './settings.ts'
import { takeStateDirectory } from './stateDirectory.ts'

const MEGABYTE = 1_048_576
const DEFINITION_LIMIT_BYTES = MEGABYTE
const GRACE_SECONDS = 5
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin'

const clock = (): number => Math.floor(Date.now() / 1000)

async function main(): Promise<void> {
  const settings = parseSettings(process.env)
  const log = pino({ level: settings.LOG_LEVEL, base: { service: 'agent', provider: settings.PROVIDER } })
  const deployment = readDeployment(settings.GRID_DEPLOYMENT)
  const wallet = await loadSigner(settings)
  const grid = openGrid(settings.RPC_URL, deployment)
  const { relayGraceSeconds } = await checkStart(grid, settings, wallet.address as Hex, clock(), log)
  using state = takeStateDirectory(settings.STATE_DIR, deployment, settings.PROVIDER, process.pid)
  const key = await loadSealingKey(settings.ENCRYPTION_KEY_FILE, state.path)
  await checkEncryptionKey(grid, settings.PROVIDER, publicKeyOf(key.recipient), log)
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())

  const runner = await openRunner(settings, wallet, state.path, log)
  const parts = wire(settings, {
    runner,
    grid,
    wallet,
    key,
    relayGraceSeconds,
    directory: state.path,
    signal: stop.signal,
    log,
  })
  const renewed = await renewSignatures(parts.outbox, parts.signing)
  if (renewed > 0) log.info({ reports: renewed }, 'reports of a former signer are signed again')
  const loops = start(parts, settings.POLL_MS, stop.signal)
  log.info({ signer: wallet.address, runner: settings.RUNNER, relayGraceSeconds }, 'ready')
  await Promise.all(loops.map(({ ended }) => ended))
  await parts.logs.release()
  grid.rpc.destroy()
  log.info('stopped')
}

/** What the parts are made from beside the settings. */
interface Ground {
  readonly runner: Runner
  readonly grid: Grid
  readonly wallet: Wallet
  readonly key: SealingKey
  readonly relayGraceSeconds: number
  readonly directory: string
  readonly signal: AbortSignal
  readonly log: Logger
}

interface Parts extends Reconciler {
  readonly gateway: Gateway
  readonly delivery: Delivery
  readonly heart: Heart
  /** The loops, once they turn: what wakes them may come before. */
  readonly wakers: { reconcile: () => void; deliver: () => void }
}

function wire(settings: Settings, ground: Ground): Parts {
  const { runner, grid, wallet, key, relayGraceSeconds, directory, signal, log } = ground
  const { PROVIDER: provider, CONFIRMATIONS: confirmations, HEARTBEAT_SECONDS: intervalSeconds } = settings
  const wakers = { reconcile: () => {}, deliver: () => {} }
  const signing = signingWith(wallet, grid.domain)
  const watchList = new WatchList(directory)
  const outbox = new Outbox(join(directory, 'outbox'))
  const logs = new Logs(join(directory, 'logs'))
  const relay = relayAt(settings.RELAY_URL)
  const direct = new DirectSender(grid, wallet, (id) => watchList.requestOf(id))
  const gateway = gatewayAt({
    url: settings.GATEWAY_URL,
    chainId: grid.deployment.chainId,
    signing,
    key,
    definitionLimitBytes: DEFINITION_LIMIT_BYTES,
    clock: Date.now,
  })
  const wake = (): void => wakers.reconcile()
  const definitions = new Definitions({ gateway, read: readDefinition, signal, wake, log })
  const delivery = new Delivery({ outbox, relay, direct, relayGraceSeconds, log })
  const heart = new Heart({ provider, signing, relay, direct, intervalSeconds, relayGraceSeconds, log })
  const wakeDelivery = (): void => wakers.deliver()
  const policy = policyOf(settings, directory)
  const own = {
    provider,
    grid,
    confirmations,
    watchList,
    outbox,
    logs,
    signing,
    definitions,
    runner,
    policy,
    clock,
    log,
  }
  return { ...own, gateway, delivery, heart, wakers, wakeDelivery }
}

function start(parts: Parts, pollMilliseconds: number, signal: AbortSignal): readonly Repetition[] {
  const { delivery, gateway, heart, log, logs, runner, wakers } = parts
  const loop = (task: () => Promise<void>, problem: string): Repetition =>
    repeat(task, pollMilliseconds, signal, (err) => log.warn({ err }, problem))
  let pulse: Pulse | undefined
  const reconciling = loop(async () => {
    pulse = await reconcile(parts, signal)
  }, 'nothing is decided this time')
  const delivering = loop(() => delivery.round(clock(), signal), 'reports could not be sent')
  const beating = loop(async () => {
    if (pulse !== undefined) await heart.beat(clock(), pulse, signal)
  }, 'the heartbeat could not be sent')
  const sender = new LogSender(logs, gateway, new BackOff(2, 60), log)
  const taking = loop(() => takeOutputs(runner, logs, signal, log), 'outputs could not be taken')
  const sending = loop(() => sender.round(clock(), signal), 'logs could not be sent')
  wakers.reconcile = reconciling.wake
  wakers.deliver = delivering.wake
  return [reconciling, delivering, beating, taking, sending]
}

async function openRunner(settings: Settings, wallet: Wallet, directory: string, log: Logger): Promise<Runner> {
  if (settings.RUNNER === 'local') return openLocalRunner(settings, directory, process.env['PATH'] ?? DEFAULT_PATH, log)
  const ground = { directory: join(directory, 'slurm'), secret: wallet.privateKey, userId: process.getuid?.() ?? -1 }
  return openSlurmRunner(settings, { ...ground, graceSeconds: GRACE_SECONDS, log })
}

function readDeployment(file: string): Deployment {
  try {
    return parseDeployment(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new SettingInvalid('GRID_DEPLOYMENT', `names a file that cannot be used (${(error as Error).message})`)
  }
}

function refuse(error: unknown): void {
  const log: Logger = pino({ base: { service: 'agent' } })
  if (error instanceof StartRefused) log.fatal({ code: error.code, problem: error.message }, 'the agent does not start')
  else log.fatal({ err: error }, 'the agent failed')
  process.exitCode = 1
}

main().catch(refuse)
