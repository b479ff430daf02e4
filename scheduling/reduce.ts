import type { GridEvent } from '../sdk/domain/events.ts'
import type { GridState } from './grid.ts'
import { reduceJob } from './reduceJob.ts'
import { reduceProvider } from './reduceProvider.ts'

/**
 * Applies one event of the chain. It changes `state` in place and returns it, so that a long back-fill costs no copies; take a
 * checkpoint with `structuredClone` where a reorg must be undone. Events come in the order of block and log index.
 */
export function reduce(state: GridState, event: GridEvent): GridState {
  switch (event.kind) {
    case 'job-submitted':
    case 'job-assigned':
    case 'job-scheduled':
    case 'job-started':
    case 'job-returned':
    case 'job-ended':
    case 'cancel-requested':
    case 'job-topped-up':
    case 'penalty-split':
      reduceJob(state, event)
      return state
    case 'job-skipped':
      return state
    case 'heartbeat-seen':
    case 'provider-registered':
    case 'contact-set':
    case 'profile-set':
    case 'offer-set':
    case 'stake-changed':
    case 'unbonding-started':
    case 'provider-approved':
    case 'provider-banned':
    case 'draining-set':
      reduceProvider(state, event)
      return state
  }
}

/** Applies events in order. */
export function reduceAll(state: GridState, events: Iterable<GridEvent>): GridState {
  for (const event of events) reduce(state, event)
  return state
}
