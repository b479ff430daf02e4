import type { Logger } from 'pino'
import type { Consumption, Hex } from '../sdk/domain/job.ts'
import { type Actor, act } from './act.ts'
import type { Grid } from './chain/grid.ts'
import { type ChainView, observeChain } from './chain/observeChain.ts'
import type { WatchList } from './chain/watchList.ts'
import type { ChainJob, Execution, Facts } from './core/facts.ts'
import { nextActions } from './core/nextActions.ts'
import type { Policy } from './core/policy.ts'
import { currentName } from './core/reports.ts'
import type { Pulse } from './relay/heart.ts'

/** Blocks after which a settled job is taken for settled for good, and what it left behind is removed. */
const SETTLED_BLOCKS = 64

export interface Reconciler extends Actor {
  readonly grid: Grid
  readonly confirmations: number
  readonly watchList: WatchList
  /** What the operator takes at this moment. */
  readonly policy: () => Policy
  readonly log: Logger
}

/**
 * One tick: what the chain says of my jobs, what the runner says exists, and for each job the next actions. Throws where the chain
 * or the runner could not be read; then nothing was done. Returns what a heartbeat tells of the same moment.
 */
export async function reconcile(it: Reconciler, signal: AbortSignal): Promise<Pulse> {
  const view = await observeChain(it.grid, it.provider, it.confirmations, it.watchList)
  const executions = await it.runner.list()
  const ofJob = Map.groupBy(executions, ({ id }) => id)
  for (const [id, chain] of view.jobs) {
    if (signal.aborted) break
    await reconcileJob(it, view.block, await factsOf(it, id, chain, ofJob.get(id) ?? []))
  }
  await forgetSettled(it, view.block, ofJob)
  it.watchList.save()
  return pulseOf(it, view, executions)
}

async function factsOf(it: Reconciler, id: Hex, chain: Facts['chain'], listed: readonly Execution[]): Promise<Facts> {
  const present = typeof chain === 'string' ? undefined : currentName(id, chain)
  const isListed = present === undefined || listed.some(({ name }) => name === present)
  const remembered = isListed ? undefined : await it.runner.inspect(present)
  const executions = remembered === undefined ? listed : [...listed, remembered]
  const isNew = !executions.some(({ name }) => name === present)
  const needsRoom = isNew && typeof chain !== 'string' && chain.job.status === 'META_SCHEDULED'
  return {
    provider: it.provider,
    id,
    now: it.clock(),
    chain,
    executions,
    outbox: it.outbox.about(id),
    definition: present === undefined ? { kind: 'unknown' } : it.definitions.state(present),
    room: needsRoom ? await it.runner.room(chain.request) : 'free',
    policy: it.policy(),
    keptLogs: it.logs.names(),
  }
}

/** What goes wrong with one job must not keep the others from being served. */
async function reconcileJob(it: Reconciler, block: number, facts: Facts): Promise<void> {
  let mayBeIncomplete = false
  for (const action of nextActions(facts)) {
    if (action.kind === 'settle' && mayBeIncomplete) continue
    try {
      await act(it, action, facts, block)
    } catch (error) {
      it.log.error({ job: facts.id, action: action.kind, err: error }, 'action failed')
      // A log that cannot be kept yet must not hold up the report; after anything else the rest would be premature.
      if (action.kind !== 'keep-log') return
      mayBeIncomplete = true
    }
  }
}

async function forgetSettled(
  it: Reconciler,
  block: number,
  ofJob: ReadonlyMap<Hex, readonly Execution[]>,
): Promise<void> {
  for (const { id } of it.watchList.settledBefore(block - SETTLED_BLOCKS)) {
    try {
      for (const { name } of ofJob.get(id) ?? []) await it.runner.forget(name)
      it.watchList.forget(id)
    } catch (error) {
      // What cannot be removed must not keep the other jobs from being served; it is tried again.
      it.log.warn({ job: id, err: error }, 'what a settled job left behind is not removed yet')
    }
  }
}

function pulseOf(it: Reconciler, view: ChainView, executions: readonly Execution[]): Pulse {
  const isOpen = (chain: Facts['chain'] | undefined): chain is ChainJob =>
    typeof chain === 'object' && chain.job.provider === it.provider
  const running = executions.flatMap((execution): readonly Consumption[] => {
    const chain = view.jobs.get(execution.id)
    if (execution.state !== 'running' || !isOpen(chain) || chain.job.attempt !== execution.attempt) return []
    return [{ id: execution.id, attempt: execution.attempt, secondsUsed: execution.secondsUsed }]
  })
  const since = [...view.jobs.values()].filter(isOpen).map(({ job }) => job.since)
  return {
    running,
    hasOpenJobs: since.length > 0,
    lastSeen: Math.max(view.lastSeen, since.length > 0 ? Math.min(...since) : 0),
  }
}
