import type { Decision } from '../../scheduling/decision.ts'
import type { GridState } from '../../scheduling/grid.ts'
import { plan } from '../../scheduling/plan.ts'
import type { Policy } from '../../scheduling/policies.ts'
import { sentenceOf } from '../../scheduling/reasons.ts'
import { snapshotOf } from '../../scheduling/snapshot.ts'
import type { EventPlace, GridEvent } from '../domain/events.ts'
import type { Hex } from '../domain/job.ts'
import type { PlanSource } from './auditEvents.ts'
import type { Report } from './finding.ts'
import { hashOfInputs, type KnownInputs } from './inputs.ts'

/** What never changes of a grid, and the parameter that plans follow from. */
export interface PlanTerms {
  readonly minimumStake: bigint
  readonly penalty: bigint
  requeueWindow: number
}

type Assigned = Extract<GridEvent, { kind: 'job-assigned' }>
type Replay = ReadonlyMap<Hex, Decision> | undefined

/** Plans anew what every batch of assignments says it was planned on, and compares. */
export class PlacementAudit {
  readonly #report: Report
  readonly #terms: PlanTerms
  readonly #known: KnownInputs
  readonly #replays = new Map<string, Replay>()
  batches = 0
  placements = 0

  constructor(report: Report, terms: PlanTerms, known: KnownInputs) {
    this.#report = report
    this.#terms = terms
    this.#known = known
  }

  /** Plans on the state as of the end of the source's block; `now` is that block’s time. To be called before the next event is reduced. */
  prepare(source: PlanSource, state: GridState, now: number): void {
    const key = keyOf(source)
    if (this.#replays.has(key)) return
    const policy = this.#known.policies.get(source.policy)
    const held = this.#heldAt(source, state)
    this.#replays.set(
      key,
      policy === undefined || held === undefined ? undefined : this.#replay(source, state, now, policy, held),
    )
  }

  /** A batch begins: says where it cannot be replayed. */
  begin(source: PlanSource, place: EventPlace): void {
    this.batches += 1
    if (source.snapshotBlock >= place.block) {
      this.#report(
        'snapshot-later',
        'batch',
        `It was planned on block ${source.snapshotBlock}, and mined in ${place.block}.`,
        place,
      )
    }
    if (!this.#known.policies.has(source.policy)) {
      this.#report(
        'policy-unknown',
        'batch',
        `Nobody knows the policy ${source.policy}, so its placements cannot be checked.`,
        place,
      )
    } else if (this.#replays.get(keyOf(source)) === undefined) {
      this.#report(
        'inputs-missing',
        'batch',
        `Nobody keeps the inputs ${source.inputs}, so its placements cannot be checked.`,
        place,
      )
    }
  }

  /** Compares one assignment of a batch with the plan. */
  check(source: PlanSource, { id, provider, rate, place }: Assigned): void {
    const replay = this.#replays.get(keyOf(source))
    if (replay === undefined) return
    this.placements += 1
    const decision = replay.get(id)
    if (decision?.kind === 'placed' && decision.provider === provider && decision.rate === rate) return
    this.#report('placement-differs', id, `It went to provider ${provider}; ${planned(decision)}`, place)
  }

  /** The batch is over, and so is the use of its plan. */
  forget(source: PlanSource, block: number): void {
    if (block > source.snapshotBlock + KEPT_BLOCKS) this.#replays.delete(keyOf(source))
  }

  #replay(source: PlanSource, state: GridState, now: number, policy: Policy, held: ReadonlySet<Hex>): Replay {
    const terms = { ...this.#terms, definitionsHeld: held }
    const { decisions } = plan(snapshotOf(state, source.snapshotBlock, now, terms), policy)
    return new Map(decisions.map((decision) => [decision.job, decision]))
  }

  /**
   * The definitions that the oracle knew to be held. Where nobody keeps the list, the likely ones are tried: the hash on the chain proves
   * the right one as well as the list itself.
   */
  #heldAt(source: PlanSource, state: GridState): ReadonlySet<Hex> | undefined {
    const kept = this.#known.definitionsHeld.get(source.inputs)
    if (kept !== undefined) return new Set(kept)
    const waiting = [...state.jobs.values()].filter(({ status }) => status === 'PENDING')
    const all = [...new Set(waiting.map(({ request }) => request.work.definition))].sort()
    const isMeant = (held: readonly Hex[]): boolean => hashOfInputs(held) === source.inputs
    if (isMeant(all)) return new Set(all)
    if (isMeant([])) return new Set()
    const missing =
      all.length > MOST_GUESSES ? undefined : all.find((one) => isMeant(all.filter((other) => other !== one)))
    return missing === undefined ? undefined : new Set(all.filter((other) => other !== missing))
  }
}

const KEPT_BLOCKS = 1_000
const MOST_GUESSES = 500

function keyOf({ snapshotBlock, policy, inputs }: PlanSource): string {
  return `${snapshotBlock} ${policy} ${inputs}`
}

function planned(decision: Decision | undefined): string {
  if (decision === undefined) return 'the plan knows no such waiting job.'
  if (decision.kind === 'placed') return `the plan gives it to provider ${decision.provider} at ${decision.rate}.`
  return `by the plan it waits. ${sentenceOf(decision.reason)}`
}
