import type { Hex } from './job.ts'

/** The EIP-712 domain of every message to a grid: chain and Jobs contract are bound into each signature. */
export interface GridDomain {
  readonly name: 'DeepSquare Grid'
  readonly version: '1'
  readonly chainId: number
  readonly verifyingContract: Hex
}

export function gridDomain(chainId: number, jobs: Hex): GridDomain {
  return { name: 'DeepSquare Grid', version: '1', chainId, verifyingContract: jobs }
}

const field = <Name extends string, Type extends string>(name: Name, type: Type) => ({ name, type }) as const

/** The EIP-712 types of the messages that the contract verifies. */
export const TYPED_DATA = {
  JobRequest: [
    field('customer', 'address'),
    field('payer', 'address'),
    field('provider', 'uint24'),
    field('tasks', 'uint32'),
    field('cpusPerTask', 'uint32'),
    field('memPerCpu', 'uint32'),
    field('gpus', 'uint32'),
    field('timeLimit', 'uint32'),
    field('budget', 'uint96'),
    field('topUpLimit', 'uint96'),
    field('startBy', 'uint40'),
    field('maxAttempts', 'uint8'),
    field('work', 'Work'),
  ],
  Work: [field('definition', 'bytes32'), field('affinity', 'string'), field('name', 'string'), field('salt', 'uint64')],
  JobArray: [field('root', 'bytes32')],
  Cancel: [field('id', 'bytes32')],
  TopUp: [field('id', 'bytes32'), field('total', 'uint96')],
  Report: [
    field('id', 'bytes32'),
    field('attempt', 'uint8'),
    field('status', 'uint8'),
    field('startedAt', 'uint32'),
    field('secondsUsed', 'uint32'),
    field('exitCode', 'uint8'),
    field('result', 'bytes32'),
  ],
  Reports: [field('provider', 'uint24'), field('reports', 'Report[]')],
  Consumption: [field('id', 'bytes32'), field('attempt', 'uint8'), field('secondsUsed', 'uint32')],
  Heartbeat: [field('provider', 'uint24'), field('sentAt', 'uint40'), field('running', 'Consumption[]')],
} as const

export const JOB_REQUEST_TYPES = { JobRequest: TYPED_DATA.JobRequest, Work: TYPED_DATA.Work } as const
export const JOB_ARRAY_TYPES = { JobArray: TYPED_DATA.JobArray } as const
export const CANCEL_TYPES = { Cancel: TYPED_DATA.Cancel } as const
export const TOP_UP_TYPES = { TopUp: TYPED_DATA.TopUp } as const
export const REPORTS_TYPES = { Reports: TYPED_DATA.Reports, Report: TYPED_DATA.Report } as const
export const HEARTBEAT_TYPES = { Heartbeat: TYPED_DATA.Heartbeat, Consumption: TYPED_DATA.Consumption } as const
