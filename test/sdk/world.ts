import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import type { DepositPermit, GridClient } from '../../sdk/index.ts'

/** What the examples of the SDK name and do not make themselves. */
export interface World {
  readonly grid: GridClient
  readonly id: Hex
  readonly provider: number
  readonly customer: Hex
  readonly member: Hex
  readonly lab: Hex
  readonly account: Hex
  readonly signer: Hex
  readonly encryptionKey: Hex
  readonly request: JobRequest
  readonly permit: DepositPermit
  readonly definition: Hex
  readonly budget: bigint
  readonly accounts: readonly Hex[]
  readonly providers: readonly number[]
  readonly jobs: readonly Hex[]
  readonly yaml: string
}
