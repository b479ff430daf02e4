import { decodeJobsLog, decodeProvidersLog, type JobsEvent, type ProvidersEvent } from './decodeEvents.ts'
import type { GridEvent, GridFact } from './domain/events.ts'
import { statusFromNumber } from './domain/status.ts'
import type { GridClient } from './gridClient.ts'
import { type MinedLog, placesOf, readLogs } from './logs.ts'

/** What an event of `Jobs` says that the grid's state follows from; undefined where it says no such thing. */
export function factOfJobs(event: JobsEvent): GridFact | undefined {
  const { eventName, args } = event
  switch (eventName) {
    case 'JobSubmitted':
      return { kind: 'job-submitted', id: args.id, request: args.request }
    case 'JobAssigned':
      return { kind: 'job-assigned', ...args }
    case 'JobScheduled':
      return { kind: 'job-scheduled', ...args }
    case 'JobStarted':
      return { kind: 'job-started', ...args }
    case 'JobReturned':
      return { kind: 'job-returned', ...args, from: statusFromNumber(args.from) }
    case 'JobEnded':
      return { kind: 'job-ended', ...args, status: statusFromNumber(args.status) }
    case 'CancelRequested':
      return { kind: 'cancel-requested', ...args }
    case 'JobToppedUp':
      return { kind: 'job-topped-up', ...args }
    case 'JobSkipped':
      return { kind: 'job-skipped', ...args }
    case 'PenaltySplit':
      return { kind: 'penalty-split', ...args }
    case 'HeartbeatSeen': {
      const { provider, heartbeat } = args
      return { kind: 'heartbeat-seen', provider, heartbeat: { ...heartbeat, provider } }
    }
    default:
      return undefined
  }
}

/** What an event of `Providers` says that the grid's state follows from; undefined where it says no such thing. */
export function factOfProviders(event: ProvidersEvent): GridFact | undefined {
  const { eventName, args } = event
  switch (eventName) {
    case 'ProviderRegistered':
      return { kind: 'provider-registered', ...args }
    case 'ContactSet':
      return { kind: 'contact-set', ...args }
    case 'ProfileSet':
      return { kind: 'profile-set', ...args }
    case 'OfferSet':
      return { kind: 'offer-set', ...args }
    case 'StakeAdded':
    case 'StakeWithdrawn':
    case 'ProviderPenalised':
      return { kind: 'stake-changed', provider: args.provider, stake: args.stake }
    case 'UnbondingStarted':
      return { kind: 'unbonding-started', ...args }
    case 'ProviderApproved':
      return { kind: 'provider-approved', ...args }
    case 'ProviderBanned':
      return { kind: 'provider-banned', ...args }
    case 'DrainingSet':
      return { kind: 'draining-set', ...args }
    default:
      return undefined
  }
}

/** What a log of either contract says; undefined where the grid's state does not follow from it. */
export function factOfLog(grid: GridClient, log: MinedLog): GridFact | undefined {
  if (isJobsLog(grid, log)) {
    const event = decodeJobsLog(log)
    return event && factOfJobs(event)
  }
  const event = decodeProvidersLog(log)
  return event && factOfProviders(event)
}

/** Whether a log is of `Jobs`. */
export function isJobsLog(grid: GridClient, log: MinedLog): boolean {
  return log.address.toLowerCase() === grid.deployment.jobs.toLowerCase()
}

/** Every event of the blocks `from` to `to` that the grid's state follows from, in order, some blocks at a time. */
export async function* readGridEvents(
  grid: GridClient,
  from: bigint,
  to: bigint,
): AsyncGenerator<readonly GridEvent[]> {
  const { jobs, providers } = grid.deployment
  const placeOf = placesOf(grid)
  for await (const logs of readLogs(grid, { address: [jobs, providers] }, from, to)) {
    const events: GridEvent[] = []
    for (const log of logs) {
      const fact = factOfLog(grid, log)
      if (fact !== undefined) events.push({ ...fact, place: await placeOf(log) } as GridEvent)
    }
    yield events
  }
}
