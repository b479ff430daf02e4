import { statusNumber } from '../../sdk/domain/status.ts'
import { Jobs__factory } from '../../typechain-types/index.ts'
import type { DepositPermit, Message, MessageOf } from '../messages.ts'
import type { Act, Parcel, ParcelKind } from './parcel.ts'

const jobs = Jobs__factory.createInterface()

type ActOf<Kind extends Act['kind']> = Extract<Act, { kind: Kind }>

/** The call of `Jobs` that carries out parcels, which are all of one kind. */
export function calldataOf(parcels: readonly Parcel[]): string {
  const kind = parcels[0]?.kind
  if (kind === undefined) throw new RangeError('No call carries nothing')
  return encode(kind, parcels)
}

function encode(kind: ParcelKind, parcels: readonly Parcel[]): string {
  switch (kind) {
    case 'request':
      return jobs.encodeFunctionData('submit', [messages(parcels, kind), permitsOf(parcels)])
    case 'cancel':
      return jobs.encodeFunctionData('cancel', [messages(parcels, kind)])
    case 'top-up':
      return jobs.encodeFunctionData('topUp', [messages(parcels, kind)])
    case 'reports':
      return encodeReports(messages(parcels, kind))
    case 'heartbeat':
      return jobs.encodeFunctionData('heartbeat', [messages(parcels, kind)])
    case 'assign':
      return encodeAssignments(acts(parcels, kind))
    case 'delegated-top-up': {
      const topUps = acts(parcels, kind)
      return jobs.encodeFunctionData('topUpDelegated', [
        topUps.map(({ terms }) => terms),
        topUps.map(({ total }) => total),
      ])
    }
    case 'expire':
      return jobs.encodeFunctionData('expire', [acts(parcels, kind).map(({ terms }) => terms)])
  }
}

function encodeReports(batches: readonly MessageOf<'reports'>[]): string {
  const signed = batches.map(({ provider, reports, signature }) => ({
    provider,
    reports: reports.map((report) => ({ ...report, status: statusNumber(report.status) })),
    signature,
  }))
  return jobs.encodeFunctionData('report', [signed, batches.flatMap(({ terms }) => terms)])
}

function encodeAssignments(assignments: readonly ActOf<'assign'>[]): string {
  const [first] = assignments
  if (first === undefined) throw new RangeError('No call assigns nothing')
  return jobs.encodeFunctionData('assign', [first.source, [...assignments]])
}

/** The permits of parcels, each once: several requests may come with the same one. */
function permitsOf(parcels: readonly Parcel[]): DepositPermit[] {
  const permits = parcels.flatMap((parcel) => parcel.permits)
  return [...new Map(permits.map((permit) => [`${permit.r}${permit.s}`, permit])).values()]
}

function messages<Kind extends Message['kind']>(parcels: readonly Parcel[], kind: Kind): MessageOf<Kind>[] {
  return parcels.map(({ content }) => content).filter((content): content is MessageOf<Kind> => content.kind === kind)
}

function acts<Kind extends Act['kind']>(parcels: readonly Parcel[], kind: Kind): ActOf<Kind>[] {
  return parcels.map(({ content }) => content).filter((content): content is ActOf<Kind> => content.kind === kind)
}
