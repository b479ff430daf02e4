import type { Logger } from 'pino'
import type { Hex } from '../sdk/domain/job.ts'
import { PROVIDER_STATUSES } from '../sdk/domain/provider.ts'
import type { Grid } from './chain/grid.ts'
import {
  ChainIdMismatch,
  ContractMissing,
  ProviderUnknown,
  RpcUnreachable,
  SignerMismatch,
  TimeTooLong,
} from './errors.ts'
import type { Settings } from './settings.ts'

const CLOCK_TOLERANCE_SECONDS = 30
const LONGEST_RELAY_GRACE_SECONDS = 60

/** What the checks found out for the rest of the agent. */
export interface StartFacts {
  readonly relayGraceSeconds: number
}

/**
 * Compares the settings with the chain. Throws a StartRefused where something is wrong; warns where something may still come, such as
 * stake or approval.
 */
export async function checkStart(
  grid: Grid,
  settings: Settings,
  signer: Hex,
  now: number,
  log: Logger,
): Promise<StartFacts> {
  await checkChain(grid)
  await checkProvider(grid, settings.PROVIDER, signer, log)
  await checkClock(grid, now, log)
  return { relayGraceSeconds: await checkTimes(grid, settings) }
}

async function checkChain(grid: Grid): Promise<void> {
  const { chainId, providers, jobs } = grid.deployment
  const actual = await grid.rpc.send('eth_chainId', []).catch((error: Error) => {
    throw new RpcUnreachable(error.message)
  })
  if (Number(actual) !== chainId) throw new ChainIdMismatch(chainId, Number(actual))
  for (const [contract, address] of [
    ['Providers', providers],
    ['Jobs', jobs],
  ] as const) {
    if ((await grid.rpc.getCode(address)) === '0x') throw new ContractMissing(contract, address)
  }
}

async function checkProvider(grid: Grid, index: number, signer: Hex, log: Logger): Promise<void> {
  const [provider, count, minimum] = await Promise.all([
    grid.providers.providerOf(index),
    grid.providers.count(),
    grid.providers.MINIMUM_STAKE(),
  ])
  const status = PROVIDER_STATUSES[Number(provider.status)] ?? 'NONE'
  if (status === 'NONE') throw new ProviderUnknown(index, Number(count))
  if (provider.signer !== signer) throw new SignerMismatch(index, provider.signer as Hex, signer)
  const { stake, draining } = provider
  if (status !== 'APPROVED') log.warn({ status }, 'the provider is not approved: it is given no jobs')
  if (stake < minimum) log.warn({ stake: `${stake}`, minimum: `${minimum}` }, 'the stake is too low: no jobs are given')
  if (draining) log.warn('the provider drains: it is given no more jobs')
}

async function checkClock(grid: Grid, now: number, log: Logger): Promise<void> {
  const ahead = now - ((await grid.rpc.getBlock('latest'))?.timestamp ?? now)
  // A quiet chain's last block may be old; only a clock that is behind the chain is surely wrong.
  if (ahead < -CLOCK_TOLERANCE_SECONDS) log.warn({ secondsBehind: -ahead }, 'the clock is behind the chain: set it')
}

/** Seconds that the relay is waited for, at most a quarter of the shortest deadline. */
async function checkTimes(grid: Grid, settings: Settings): Promise<number> {
  const { acceptTimeout, queueTimeout, silenceTimeout, reportGrace, cancelTimeout } = await grid.jobs.parameters()
  const deadlines = [acceptTimeout, queueTimeout, silenceTimeout, reportGrace, cancelTimeout].map(Number)
  const longest = Math.min(...deadlines) / 4
  const { RELAY_GRACE = Math.min(longest, LONGEST_RELAY_GRACE_SECONDS), HEARTBEAT_SECONDS } = settings
  if (RELAY_GRACE > longest) {
    throw new TimeTooLong('RELAY_GRACE', RELAY_GRACE, longest, 'a quarter of the shortest deadline')
  }
  const silence = Number(silenceTimeout) / 4
  if (HEARTBEAT_SECONDS > silence) {
    throw new TimeTooLong('HEARTBEAT_SECONDS', HEARTBEAT_SECONDS, silence, 'a quarter of the silence timeout')
  }
  return RELAY_GRACE
}
