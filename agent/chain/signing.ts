import { TypedDataEncoder, type TypedDataField, type Wallet } from 'ethers'
import type { Heartbeat, Hex, JobRequest, JobTerms, Report } from '../../sdk/domain/job.ts'
import { statusNumber } from '../../sdk/domain/status.ts'
import { type GridDomain, HEARTBEAT_TYPES, JOB_REQUEST_TYPES, REPORTS_TYPES } from '../../sdk/domain/typedData.ts'

type Types = Readonly<Record<string, readonly TypedDataField[]>>

/** What the holder of the provider's hot key signs, and where each signature counts. */
export interface Signing {
  readonly address: Hex
  reports(provider: number, reports: readonly Report[]): Promise<{ readonly key: Hex; readonly signature: Hex }>
  heartbeat(beat: Heartbeat): Promise<Hex>
  /** Signs a text by ERC-191, as a login to the gateway is. */
  message(text: string): Promise<Hex>
}

export function signing(
  wallet: Pick<Wallet, 'address' | 'signMessage' | 'signTypedData'>,
  domain: GridDomain,
): Signing {
  const sign = async (types: Types, value: object): Promise<Hex> =>
    (await wallet.signTypedData(domain, mutable(types), value)) as Hex
  return {
    address: wallet.address as Hex,
    async reports(provider, reports) {
      const value = { provider, reports: reports.map(reportStruct) }
      const key = TypedDataEncoder.hash(domain, mutable(REPORTS_TYPES), value) as Hex
      return { key, signature: await sign(REPORTS_TYPES, value) }
    },
    heartbeat: (beat) => sign(HEARTBEAT_TYPES, beat),
    message: async (text) => (await wallet.signMessage(text)) as Hex,
  }
}

/** The report as the contract takes it: the status by its number. */
export function reportStruct(report: Report): Omit<Report, 'status'> & { readonly status: number } {
  return { ...report, status: statusNumber(report.status) }
}

/** The id that a request has in this grid. */
export function jobId(domain: GridDomain, request: JobRequest): Hex {
  return TypedDataEncoder.hash(domain, mutable(JOB_REQUEST_TYPES), request) as Hex
}

/** What the contract needs of a request to settle its job. */
export function termsOf({ work, ...terms }: JobRequest): JobTerms {
  return { ...terms, work: TypedDataEncoder.hashStruct('Work', { Work: [...JOB_REQUEST_TYPES.Work] }, work) as Hex }
}

function mutable(types: Types): Record<string, TypedDataField[]> {
  return Object.fromEntries(Object.entries(types).map(([name, fields]) => [name, [...fields]]))
}
