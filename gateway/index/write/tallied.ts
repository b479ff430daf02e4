import type { GridJob } from '../../../scheduling/grid.ts'
import type { JobStatus } from '../../../sdk/domain/status.ts'
import { GRID_SCOPE, providerScope } from '../tallyRow.ts'
import type { JobChange } from './changeRow.ts'
import { counted, moved, settled, type Tally } from './tally.ts'

/** What the tallies and rows need to know of a live job. */
export type Holding = Pick<
  GridJob,
  'request' | 'status' | 'attempt' | 'provider' | 'since' | 'budget' | 'rate' | 'cancelRequested'
>

type Change = (tally: Tally) => Tally

/** What an event about a job changes in which tally. `before` and `after` are undefined where the job is not live. */
export function tallied(
  event: JobChange,
  before: Holding | undefined,
  after: Holding | undefined,
): readonly (readonly [scope: string, change: Change])[] {
  const customer = event.kind === 'job-ended' ? event.customer : (after ?? before)?.request.customer
  if (customer === undefined) return []
  const from = before?.status ?? 'NONE'
  const to = event.kind === 'job-ended' ? event.status : (after?.status ?? 'NONE')
  const happened = happenedIn(event, before)
  const everywhere: Change = (tally) => moved(happened(tally), from, to)
  return [[GRID_SCOPE, everywhere], [customer, everywhere], ...atProvider(event, happened, from, to, before)]
}

/** Of a provider's jobs those are counted that are with it, or ended there. */
function atProvider(
  event: JobChange,
  happened: Change,
  from: JobStatus,
  to: JobStatus,
  before: Holding | undefined,
): readonly (readonly [scope: string, change: Change])[] {
  const holder = before?.provider ?? 0
  const provider = holder === 0 && event.kind === 'job-assigned' ? event.provider : holder
  if (provider === 0) return []
  const came: JobStatus = holder === 0 ? 'NONE' : from
  const went: JobStatus = to === 'PENDING' ? 'NONE' : to
  return [[providerScope(provider), (tally) => moved(happened(tally), came, went)]]
}

function happenedIn(event: JobChange, before: Holding | undefined): Change {
  switch (event.kind) {
    case 'job-submitted':
      return (tally) => counted(tally, 'submitted')
    case 'job-assigned':
      return (tally) => counted(tally, 'assigned')
    case 'job-returned':
      return (tally) => counted(tally, 'returned')
    case 'job-ended':
      return (tally) => settled(tally, event, before?.request)
    default:
      return (tally) => tally
  }
}
