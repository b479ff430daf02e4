import type { Decision } from '../scheduling/decision.ts'
import type { Policy } from '../scheduling/policies.ts'
import { sentenceOf } from '../scheduling/reasons.ts'
import type { Snapshot } from '../scheduling/snapshot.ts'
import type { Hex } from '../sdk/domain/job.ts'
import { hashOfJson } from './canonicalJson.ts'
import { termsOf } from './chain/hashes.ts'
import type { Holdings } from './gateway.ts'
import { type Parcel, type PlanSource, parcelOfAct } from './sending/parcel.ts'
import type { RememberedDecision } from './store/decisions.ts'

/** What anybody needs to replay a plan: where it looked, by which policy, and what it knew from elsewhere than the chain. */
export function sourceOf(snapshot: Snapshot, policy: Policy): PlanSource {
  const definitionsHeld = [...(snapshot.definitionsHeld ?? [])].sort()
  return { snapshotBlock: snapshot.block, policy: hashOfJson(policy), inputs: hashOfJson({ definitionsHeld }) }
}

/** The assignments that decisions ask for: those of one provider stand together, in the order of the queue. */
export function assignmentsOf(
  snapshot: Snapshot,
  decisions: readonly Decision[],
  source: PlanSource,
): readonly Parcel[] {
  const requests = new Map(snapshot.jobs.map(({ id, request }) => [id, request]))
  const placed = decisions.filter((decision) => decision.kind === 'placed')
  return placed
    .toSorted((left, right) => left.provider - right.provider)
    .flatMap(({ job, provider, rate }) => {
      const request = requests.get(job)
      if (request === undefined) return []
      return [parcelOfAct(job, { kind: 'assign', source, terms: termsOf(request), provider, expectedRate: rate })]
    })
}

const SILENT_GATEWAY = 'The gateway did not say whether it holds the definition of the job; it is asked again.'

/** Decisions in the words that people are shown. A job whose definition the gateway gave no answer about waits for that. */
export function explained(
  snapshot: Snapshot,
  decisions: readonly Decision[],
  { unanswered }: Holdings,
): readonly RememberedDecision[] {
  const definitions = new Map<Hex, Hex>(snapshot.jobs.map(({ id, request }) => [id, request.work.definition]))
  return decisions.map(({ job: id, ...decision }) => {
    const definition = definitions.get(id)
    const isSilence = decision.reason === 'definition-missing' && definition !== undefined && unanswered.has(definition)
    return isSilence
      ? { id, kind: 'waiting', reason: 'gateway-unanswered', message: SILENT_GATEWAY }
      : { id, ...decision, message: sentenceOf(decision.reason) }
  })
}
