import type { Decision } from './decision.ts'
import type { Policy } from './policies.ts'
import type { Snapshot } from './snapshot.ts'

export function routes(snapshot: Snapshot, policy: Policy): readonly Decision[] {
  return []
}
