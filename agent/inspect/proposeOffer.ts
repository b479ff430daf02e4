import type { Label, NodeGroup } from '../../sdk/domain/provider.ts'
import type { Inspection, NodeFacts } from './nodes.ts'

/** What stands in the file until the operator has decided. */
export const UNDECIDED = 'how many credits?'

/** An offer as the operator keeps it in a file: prices are decimal credits per minute. */
export interface OfferDraft {
  readonly prices: { readonly cpuPerMinute: string; readonly memPerMinute: string; readonly gpuPerMinute: string }
  readonly maxOpenJobs: number
  readonly acceptsDirect: boolean
  readonly nodes: readonly NodeGroup[]
  readonly labels: readonly Label[]
}

/** Labels that an inspection finds out, so that those of an earlier one do not stay. */
const INSPECTED = new Set(['os', 'arch', 'cpu', 'cpu.microarch', 'gpu', 'gpu.model'])
/** Jobs beside those that run, so that the cluster has something to start next. */
const QUEUED_SHARE = 2

/**
 * The offer of an inspected cluster. What only the operator can decide stays as it was in `before`; labels count only where they
 * hold for every node, since a job may come to any of them.
 */
export function proposeOffer(
  { nodes, notes }: Inspection,
  before: OfferDraft | undefined,
): { readonly offer: OfferDraft; readonly notes: readonly string[] } {
  const groups = Map.groupBy(nodes, ({ cpus, mem, gpus, gpuModel }) => JSON.stringify({ cpus, mem, gpus, gpuModel }))
  const offered = [...groups].map(
    ([alike, { length }]): NodeGroup => ({ count: length, ...(JSON.parse(alike) as Omit<NodeGroup, 'count'>) }),
  )
  const { common, differing } = commonLabels(nodes)
  const kept = (before?.labels ?? []).filter(({ key }) => !INSPECTED.has(key))
  const offer = {
    prices: before?.prices ?? { cpuPerMinute: UNDECIDED, memPerMinute: UNDECIDED, gpuPerMinute: UNDECIDED },
    maxOpenJobs: before?.maxOpenJobs ?? QUEUED_SHARE * nodes.reduce((sum, { cpus }) => sum + cpus, 0),
    acceptsDirect: before?.acceptsDirect ?? false,
    nodes: offered,
    labels: [...common, ...kept],
  }
  return { offer, notes: [...notes, ...differing.map((key) => `label ${key} is left out: nodes differ in it`)] }
}

function commonLabels(nodes: readonly NodeFacts[]): {
  readonly common: readonly Label[]
  readonly differing: readonly string[]
} {
  const keys = [...new Set(nodes.flatMap(({ labels }) => Object.keys(labels)))]
  const valuesOf = (key: string): ReadonlySet<string | undefined> => new Set(nodes.map(({ labels }) => labels[key]))
  const isCommon = (key: string): boolean => valuesOf(key).size === 1
  return {
    common: keys.filter(isCommon).map((key) => ({ key, value: nodes[0]?.labels[key] ?? '' })),
    differing: keys.filter((key) => !isCommon(key)),
  }
}

/** The offer with these measured labels in the place of earlier ones of the same keys. */
export function withLabels(offer: OfferDraft, measured: readonly Label[]): OfferDraft {
  const keys = new Set(measured.map(({ key }) => key))
  return { ...offer, labels: [...offer.labels.filter(({ key }) => !keys.has(key)), ...measured] }
}
