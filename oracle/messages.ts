import { getAddress, isAddress } from 'ethers'
import { z } from 'zod'
import type { Hex } from '../sdk/domain/job.ts'
import { JOB_STATUSES } from '../sdk/domain/status.ts'

const hex = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/, 'is not hex with 0x')
  .transform((text) => text.toLowerCase() as Hex)
const bytes32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'is not 32 bytes in hex')
  .transform((text) => text.toLowerCase() as Hex)
const address = z
  .string()
  .refine((text) => isAddress(text), 'is not an address')
  .transform((text) => getAddress(text) as Hex)
const amount = z
  .string()
  .regex(/^-?\d{1,78}$/, 'is not a decimal number in a string')
  .transform(BigInt)
const count = z.number().int('is not a whole number')
const uint = (bits: number) => count.min(0, 'is negative').max(2 ** bits - 1, `does not fit ${bits} bits`)
const uintText = (bits: number) =>
  amount.refine((value) => value >= 0n && value < 1n << BigInt(bits), `is not between 0 and 2^${bits} - 1`)

const terms = {
  customer: address,
  payer: address,
  provider: uint(24),
  tasks: count,
  cpusPerTask: count,
  memPerCpu: count,
  gpus: count,
  timeLimit: count,
  budget: amount,
  topUpLimit: uintText(96),
  startBy: uint(40),
  maxAttempts: count,
}

const work = z.strictObject({ definition: bytes32, affinity: z.string(), name: z.string(), salt: uintText(64) })
const jobRequest = z.strictObject({ ...terms, work })
const jobTerms = z.strictObject({
  ...terms,
  tasks: uint(32),
  cpusPerTask: uint(32),
  memPerCpu: uint(32),
  gpus: uint(32),
  timeLimit: uint(32),
  budget: uintText(96),
  maxAttempts: uint(8),
  work: bytes32,
})

const permit = z.strictObject({
  owner: address,
  amount: uintText(96),
  deadline: uintText(256),
  v: uint(8),
  r: bytes32,
  s: bytes32,
})

const report = z.strictObject({
  id: bytes32,
  attempt: uint(8),
  status: z.enum(JOB_STATUSES),
  startedAt: uint(32),
  secondsUsed: uint(32),
  exitCode: uint(8),
  result: bytes32,
})

const heartbeat = z.strictObject({
  provider: uint(24),
  sentAt: uint(40),
  running: z.array(z.strictObject({ id: bytes32, attempt: uint(8), secondsUsed: uint(32) })).max(2000),
})

/** What customers and providers send, as it comes over the wire. */
export const wire = {
  request: z.strictObject({
    request: jobRequest,
    proof: z.array(bytes32).max(64).default([]),
    signature: hex.default('0x'),
    permit: permit.optional(),
  }),
  cancel: z.strictObject({ terms: jobTerms, signature: hex.default('0x') }),
  topUp: z.strictObject({ terms: jobTerms, total: uintText(96), signature: hex.default('0x') }),
  reports: z.strictObject({
    provider: uint(24),
    reports: z.array(report).min(1, 'is empty').max(500),
    signature: hex.default('0x'),
  }),
  heartbeat: z.strictObject({ heartbeat, signature: hex.default('0x') }),
}

/** A signed message as the store keeps it. Reports carry the terms of the jobs that they conclude. */
export const messageSchema = z.discriminatedUnion('kind', [
  wire.request.extend({ kind: z.literal('request') }),
  wire.cancel.extend({ kind: z.literal('cancel') }),
  wire.topUp.extend({ kind: z.literal('top-up') }),
  wire.reports.extend({ kind: z.literal('reports'), terms: z.array(jobTerms) }),
  wire.heartbeat.extend({ kind: z.literal('heartbeat') }),
])

export type Message = z.infer<typeof messageSchema>
export type MessageOf<Kind extends Message['kind']> = Extract<Message, { kind: Kind }>
export type DepositPermit = z.infer<typeof permit>

/** Where a message is. `final`: it is on the chain, `CONFIRMATIONS` blocks deep. */
export type MessageState = 'stored' | 'sent' | 'final' | 'refused'
