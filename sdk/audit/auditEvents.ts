import { decodeJobsLog, decodeProvidersLog, type JobsEvent, type ProvidersEvent } from '../decodeEvents.ts'
import type { EventPlace, GridEvent } from '../domain/events.ts'
import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import { factOfJobs, factOfProviders, isJobsLog } from '../gridEvents.ts'
import { type MinedLog, placesOf, readLogs } from '../logs.ts'

type EventOf<All extends { readonly eventName: string }, Name extends All['eventName']> = Extract<
  All,
  { eventName: Name }
>

/** Events that move credits or bind later ones, beside those that the grid's state follows from. */
export type MoneyEvent =
  | EventOf<JobsEvent, 'Deposited' | 'Withdrawn' | 'EarningsWithdrawn' | 'CutWithdrawn' | 'ParametersSet' | 'Planned'>
  | EventOf<ProvidersEvent, 'StakeAdded' | 'StakeWithdrawn' | 'ProviderPenalised'>

/** An event as the audit takes it: what the grid's state follows from, what money follows from, or both. */
export interface AuditEvent {
  readonly place: EventPlace
  readonly grid: GridEvent | undefined
  readonly money: MoneyEvent | undefined
}

const MONEY: readonly string[] = [
  'Deposited',
  'Withdrawn',
  'EarningsWithdrawn',
  'CutWithdrawn',
  'ParametersSet',
  'Planned',
  'StakeAdded',
  'StakeWithdrawn',
  'ProviderPenalised',
] satisfies readonly MoneyEvent['eventName'][]

/** Every event of a grid in the blocks `from` to `to`, in order, some blocks at a time. */
export async function* readAuditEvents(
  grid: GridClient,
  from: bigint,
  to: bigint,
): AsyncGenerator<readonly AuditEvent[]> {
  const { jobs, providers } = grid.deployment
  const placeOf = placesOf(grid)
  for await (const logs of readLogs(grid, { address: [jobs, providers] }, from, to)) {
    const events: AuditEvent[] = []
    for (const log of logs) {
      // Most nodes tell the time with the log: waiting for what is there costs more than decoding.
      const found = placeOf(log)
      const event = eventOf(grid, log, found instanceof Promise ? await found : found)
      if (event !== undefined) events.push(event)
    }
    yield events
  }
}

function eventOf(grid: GridClient, log: MinedLog, place: EventPlace): AuditEvent | undefined {
  const ofJobs = isJobsLog(grid, log) ? decodeJobsLog(log) : undefined
  const ofProviders = ofJobs === undefined && !isJobsLog(grid, log) ? decodeProvidersLog(log) : undefined
  const event = ofJobs ?? ofProviders
  if (event === undefined) return undefined
  const fact = ofJobs === undefined ? ofProviders && factOfProviders(ofProviders) : factOfJobs(ofJobs)
  return {
    place,
    grid: fact && ({ ...fact, place } as GridEvent),
    money: MONEY.includes(event.eventName) ? (event as MoneyEvent) : undefined,
  }
}

/** What a batch of assignments says it was decided on. */
export interface PlanSource {
  readonly snapshotBlock: number
  readonly policy: Hex
  readonly inputs: Hex
}
