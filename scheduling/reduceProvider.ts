import type { GridEvent } from '../sdk/domain/events.ts'
import type { GridProvider, GridState } from './grid.ts'
import { emptyRecord } from './record.ts'

type ProviderEvent = Extract<
  GridEvent,
  {
    kind:
      | 'heartbeat-seen'
      | 'provider-registered'
      | 'contact-set'
      | 'profile-set'
      | 'offer-set'
      | 'stake-changed'
      | 'unbonding-started'
      | 'provider-approved'
      | 'provider-banned'
      | 'draining-set'
  }
>

/** Applies an event about a provider. An event about one that was never registered changes nothing. */
export function reduceProvider(state: GridState, event: ProviderEvent): void {
  if (event.kind === 'provider-registered') {
    state.providers.set(event.provider, registered(event))
    return
  }
  const provider = state.providers.get(event.provider)
  if (provider !== undefined) change(provider, event)
}

function change(provider: GridProvider, event: Exclude<ProviderEvent, { kind: 'provider-registered' }>): void {
  switch (event.kind) {
    case 'heartbeat-seen':
      provider.lastSeen = Math.max(provider.lastSeen, event.place.time)
      return
    case 'contact-set':
      provider.contact = event.contact
      return
    case 'profile-set':
      provider.profile = event.profile
      return
    case 'offer-set':
      provider.offer = event.offer
      return
    case 'stake-changed':
      changeStake(provider, event.stake, event.place.time)
      return
    case 'unbonding-started':
      provider.unbonding = event.amount
      provider.unbondsAt = event.unbondsAt
      return
    case 'provider-approved':
      provider.status = 'APPROVED'
      return
    case 'provider-banned':
      provider.status = 'BANNED'
      return
    case 'draining-set':
      provider.draining = event.draining
      return
  }
}

// The event does not say why the stake changed. Stake leaves whole, after the delay and with no job open, and a penalty needs an open job.
function changeStake(provider: GridProvider, stake: bigint, now: number): void {
  const left = provider.stake - stake
  const isWhole = left === provider.unbonding || (stake === 0n && left < provider.unbonding)
  const hasLeft = left > 0n && isWhole && now >= provider.unbondsAt && provider.openJobs === 0
  if (hasLeft) provider.unbonding = 0n
  provider.stake = stake
}

function registered(event: Extract<ProviderEvent, { kind: 'provider-registered' }>): GridProvider {
  return {
    index: event.provider,
    owner: event.owner,
    contact: event.contact,
    profile: event.profile,
    status: 'REGISTERED',
    draining: false,
    stake: 0n,
    unbonding: 0n,
    unbondsAt: 0,
    offer: undefined,
    openJobs: 0,
    lastSeen: event.place.time,
    record: emptyRecord(event.place.time),
  }
}
