import type { TypedDataField } from 'ethers'
import type { Heartbeat, Hex, Report } from '../../../sdk/domain/job.ts'
import { statusNumber } from '../../../sdk/domain/status.ts'
import {
  CANCEL_TYPES,
  type GridDomain,
  HEARTBEAT_TYPES,
  JOB_ARRAY_TYPES,
  JOB_REQUEST_TYPES,
  REPORTS_TYPES,
  TOP_UP_TYPES,
} from '../../../sdk/domain/typedData.ts'
import type { JobCase } from './requests.ts'

/** Whoever can sign: an account of the chain or a bare key. */
export interface TypedSigner {
  signTypedData(
    domain: GridDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string>
}

/** Typed-data types as ethers takes them. */
export function fieldsOf(types: Readonly<Record<string, readonly TypedDataField[]>>): Record<string, TypedDataField[]> {
  return Object.fromEntries(Object.entries(types).map(([name, fields]) => [name, [...fields]]))
}

/** A report with its status as the number that is signed and sent. */
export function reportStruct(report: Report) {
  return { ...report, status: statusNumber(report.status) }
}

export function signRequest(signer: TypedSigner, domain: GridDomain, job: JobCase): Promise<string> {
  return signer.signTypedData(domain, fieldsOf(JOB_REQUEST_TYPES), { ...job.request })
}

export function signJobArray(signer: TypedSigner, domain: GridDomain, root: Hex): Promise<string> {
  return signer.signTypedData(domain, fieldsOf(JOB_ARRAY_TYPES), { root })
}

export function signCancel(signer: TypedSigner, domain: GridDomain, id: Hex): Promise<string> {
  return signer.signTypedData(domain, fieldsOf(CANCEL_TYPES), { id })
}

export function signTopUp(signer: TypedSigner, domain: GridDomain, id: Hex, total: bigint): Promise<string> {
  return signer.signTypedData(domain, fieldsOf(TOP_UP_TYPES), { id, total })
}

export function signReports(
  signer: TypedSigner,
  domain: GridDomain,
  provider: number,
  reports: readonly Report[],
): Promise<string> {
  const message = { provider, reports: reports.map(reportStruct) }
  return signer.signTypedData(domain, fieldsOf(REPORTS_TYPES), message)
}

export function signHeartbeat(signer: TypedSigner, domain: GridDomain, heartbeat: Heartbeat): Promise<string> {
  return signer.signTypedData(domain, fieldsOf(HEARTBEAT_TYPES), { ...heartbeat })
}
