import type { Provider } from '../../sdk/actions/listProviders.ts'
import type { Offer } from '../../sdk/domain/provider.ts'

/** Where a provider stands, in a word. */
export function standingOf({ status, draining }: Provider): string {
  return status === 'APPROVED' && draining ? 'DRAINING' : status
}

/** What a provider has in all, such as `4 nodes, 32 cpu, 2 gpu`. */
export function capacityOf(offer: Offer | undefined): string {
  const nodes = offer?.nodes ?? []
  const sum = (of: (node: Offer['nodes'][number]) => number): number =>
    nodes.reduce((total, node) => total + node.count * of(node), 0)
  const gpus = sum(({ gpus: count }) => count)
  return `${sum(() => 1)} nodes, ${sum(({ cpus }) => cpus)} cpu${gpus === 0 ? '' : `, ${gpus} gpu`}`
}
