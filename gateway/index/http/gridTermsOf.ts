import type { SnapshotTerms } from '../../../scheduling/snapshot.ts'
import type { IndexParts } from '../indexParts.ts'
import { IndexRefusal } from './indexRefusal.ts'

/** The terms of the grid. Throws IndexRefusal TERMS_UNANSWERED where the chain does not answer. */
export function termsOf({ terms }: IndexParts): Promise<SnapshotTerms> {
  return terms().catch((cause: unknown) => {
    throw new IndexRefusal('TERMS_UNANSWERED', undefined, cause)
  })
}
