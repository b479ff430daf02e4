import type { GridEvent } from '../../../sdk/domain/events.ts'
import { textOf } from '../json.ts'
import { placeNumber } from '../place.ts'
import type { ProviderFactsTable } from '../tables.ts'
import type { Rows } from './rows.ts'

type Topic = ProviderFactsTable['topic']

/** The rows of what an event says of a provider for good, marking those of the batch that it supersedes. */
export function factRows(rows: Rows, event: GridEvent): readonly ProviderFactsTable[] {
  return factsOf(event).map(([topic, fact]) => {
    const { block, logIndex } = event.place
    const provider = 'provider' in event ? event.provider : 0
    const earlier = rows.facts.findLast((row) => row.provider === provider && row.topic === topic)
    if (earlier !== undefined) earlier.next_block = block
    return { place: placeNumber(block, logIndex), topic, block, provider, fact: textOf(fact), next_block: null }
  })
}

function factsOf(event: GridEvent): readonly (readonly [topic: Topic, fact: unknown])[] {
  switch (event.kind) {
    case 'provider-registered':
      return [
        ['owner', event.owner],
        ['contact', event.contact],
        ['profile', event.profile],
      ]
    case 'contact-set':
      return [['contact', event.contact]]
    case 'profile-set':
      return [['profile', event.profile]]
    case 'offer-set':
      return [['offer', event.offer]]
    default:
      return []
  }
}
