import type { Logger } from 'pino'
import { type Plan, plan } from '../scheduling/plan.ts'
import type { Policy } from '../scheduling/policies.ts'
import { type Snapshot, type SnapshotTerms, snapshotOf } from '../scheduling/snapshot.ts'
import type { Hex } from '../sdk/domain/job.ts'
import type { GridDomain } from '../sdk/domain/typedData.ts'
import type { Jobs } from '../typechain-types/index.ts'
import type { Follower } from './chain/follower.ts'
import { termsOf } from './chain/hashes.ts'
import type { Block } from './chain/history.ts'
import { assignmentsOf, explained, sourceOf } from './decide.ts'
import type { Gateway, Holdings } from './gateway.ts'
import type { Keeper, Timeouts } from './keeper.ts'
import type { Metrics } from './metrics.ts'
import { type Parcel, parcelOfAct, parcelOfMessage } from './sending/parcel.ts'
import type { Sender } from './sending/sender.ts'
import { type Submission, type SubmitOptions, submit } from './sending/submit.ts'
import { writeCheckpoint } from './store/checkpoints.ts'
import type { Decisions } from './store/decisions.ts'
import type { Leadership } from './store/leadership.ts'
import { countWaiting, refuseMessage, waitingMessages } from './store/messages.ts'
import type { Store } from './store/openStore.ts'

/** Messages that one tick looks at. */
const MOST_MESSAGES = 1000
/** Blocks between two states that are written down. */
const CHECKPOINT_BLOCKS = 250

export interface TickOptions extends SubmitOptions {
  readonly contract: Jobs
  readonly domain: GridDomain
  readonly follower: Follower
  readonly sender: Sender
  readonly gateway: Gateway
  readonly keeper: Keeper
  readonly store: Store
  readonly leadership: Leadership
  readonly decisions: Decisions
  readonly policy: Policy
  /** The block whose state was written down last. */
  readonly checkpointed: { block: number }
  /** Never change: the registry’s minimum stake and what each open job reserves of it, credits with 18 decimals. */
  readonly minimumStake: bigint
  readonly penalty: bigint
  readonly metrics: Metrics
  /** What the last plan knew besides the events; empty before the first. */
  readonly lately: { terms?: SnapshotTerms }
  readonly log: Logger
}

/** Everything that one tick saw, as of one block. */
interface Observation {
  readonly head: Block
  readonly timeouts: Timeouts
  readonly holdings: Holdings
  readonly snapshot: Snapshot
}

/** One turn of the oracle: what it sees decides what it plans, and what came of it is remembered. A replica that does not lead follows the chain. */
export async function tick(options: TickOptions): Promise<void> {
  if (options.leadership.epoch === undefined) return void (await follow(options))
  const startedAt = performance.now()
  const seen = await observe(options)
  const decided = plan(seen.snapshot, options.policy)
  const submission = await send(options, seen, decided)
  await remember(options, seen, decided, submission)
  await measure(options, seen, decided, (performance.now() - startedAt) / 1000)
}

async function measure(
  { metrics, store, follower, sender }: TickOptions,
  seen: Observation,
  decided: Plan,
  seconds: number,
) {
  const { number: block, time: blockTime } = seen.head
  metrics.turned({ seconds, block, blockTime, state: follower.state, decisions: decided.decisions })
  metrics.depth = await countWaiting(store)
  metrics.relayDepth.set(metrics.depth)
  metrics.balance.set(await sender.coins())
}

async function follow({ follower, log }: TickOptions): Promise<Block> {
  const { head, events, rolledBackTo } = await follower.advance()
  if (rolledBackTo !== undefined) log.warn({ block: head.number, rolledBackTo }, 'chain reorganised')
  if (events > 0) log.info({ block: head.number, events }, 'events followed')
  return head
}

/** What one turn would do now, as facts for people. Nothing is sent or written. */
export async function rehearse(options: TickOptions): Promise<Readonly<Record<string, unknown>>> {
  const seen = await look(options, await follow(options))
  const { keeper, follower, policy } = options
  const { decisions } = plan(seen.snapshot, policy)
  return {
    block: seen.head.number,
    policy: policy.name,
    source: sourceOf(seen.snapshot, policy),
    decisions: explained(seen.snapshot, decisions, seen.holdings),
    maybeExpired: keeper.due(follower.state, seen.timeouts, seen.head.time).map(({ id }) => id),
    topUps: keeper.topUps(follower.state, seen.head.time).map(({ job, total }) => ({ job: job.id, total })),
  }
}

async function observe(options: TickOptions): Promise<Observation> {
  const head = await follow(options)
  await options.sender.settle(head)
  return look(options, head)
}

async function look(options: TickOptions, head: Block): Promise<Observation> {
  const { follower, contract, gateway, minimumStake, penalty } = options
  const timeouts = await timeoutsAt(contract, head.number)
  const waiting = [...follower.state.jobs.values()].filter(({ status }) => status === 'PENDING')
  const holdings = await gateway.holdings(waiting.map(({ request }) => request.work.definition))
  const terms = { minimumStake, penalty, requeueWindow: timeouts.requeueWindow, definitionsHeld: holdings.held }
  options.lately.terms = terms
  return { head, timeouts, holdings, snapshot: snapshotOf(follower.state, head.number, head.time, terms) }
}

async function send(options: TickOptions, seen: Observation, decided: Plan): Promise<Submission> {
  const { store, domain, policy, keeper, follower } = options
  const messages = await waitingMessages(store, MOST_MESSAGES)
  const source = sourceOf(seen.snapshot, policy)
  const due = keeper.due(follower.state, seen.timeouts, seen.head.time)
  const parcels: readonly Parcel[] = [
    ...messages.map(({ key, message }) => parcelOfMessage(domain, key, message)),
    ...assignmentsOf(seen.snapshot, decided.decisions, source),
    ...keeper
      .topUps(follower.state, seen.head.time)
      .map(({ job: { id, request }, total }) =>
        parcelOfAct(id, { kind: 'delegated-top-up', terms: termsOf(request), total }),
      ),
    ...due.map(({ id, request }) => parcelOfAct(id, { kind: 'expire', terms: termsOf(request) })),
  ]
  return submit(options, parcels, seen.head)
}

async function remember(options: TickOptions, seen: Observation, decided: Plan, submission: Submission): Promise<void> {
  const { leadership, decisions, follower, keeper, log } = options
  for (const { parcel, revert } of submission.refused) {
    log.info({ kind: parcel.kind, key: parcel.key, code: revert.refusal.code }, 'refused by the chain')
    const job = follower.state.jobs.get(parcel.key as Hex)
    if (parcel.kind === 'assign') continue
    if (parcel.kind === 'delegated-top-up') {
      keeper.postponeTopUp(parcel.key as Hex, seen.head.time)
      continue
    }
    if (parcel.kind !== 'expire') await refuseMessage(leadership, parcel.key, revert.refusal)
    else if (job !== undefined) keeper.postpone(job, Number(revert.refusal.facts['deadline'] ?? seen.head.time))
  }
  await rememberState(options)
  await decisions.remember(seen.head.number, explained(seen.snapshot, decided.decisions, seen.holdings))
}

/** Writes the state down now and then: when it was followed much further, or never was. */
async function rememberState({ leadership, follower, checkpointed, metrics }: TickOptions): Promise<void> {
  const { checkpoint } = follower
  if (checkpoint === undefined || Math.abs(checkpoint.number - checkpointed.block) < CHECKPOINT_BLOCKS) return
  await writeCheckpoint(leadership, checkpoint)
  checkpointed.block = checkpoint.number
  metrics.checkpointBlock.set(checkpoint.number)
}

async function timeoutsAt(contract: Jobs, block: number): Promise<Timeouts> {
  const parameters = await contract.parameters({ blockTag: block })
  return {
    acceptTimeout: Number(parameters.acceptTimeout),
    queueTimeout: Number(parameters.queueTimeout),
    silenceTimeout: Number(parameters.silenceTimeout),
    reportGrace: Number(parameters.reportGrace),
    cancelTimeout: Number(parameters.cancelTimeout),
    requeueWindow: Number(parameters.requeueWindow),
  }
}
