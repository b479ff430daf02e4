import { z } from 'zod'
import { PROVIDER_STATUSES } from '../../../sdk/domain/provider.ts'
import { JOB_STATUSES } from '../../../sdk/domain/status.ts'

/** Credits with 18 decimals, or another whole number that may be large, as decimal text. */
export const amount = z
  .string()
  .regex(/^-?\d+$/)
  .describe('whole number as decimal text; credits have 18 decimals')
export const hash = z.string().regex(/^0x[0-9a-fA-F]{64}$/)
export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/)
export const time = z.int().describe('unix seconds')
export const jobState = z.enum(JOB_STATUSES.filter((status) => status !== 'NONE')).meta({ id: 'JobState' })
export const count = z.int()

export const asOf = z
  .object({ block: count, time })
  .meta({ id: 'AsOf', description: 'The block that the answer is as of.' })

export const jobRequest = z
  .object({
    customer: address,
    payer: address,
    provider: count,
    tasks: count,
    cpusPerTask: count,
    memPerCpu: count.describe('MB'),
    gpus: count,
    timeLimit: count.describe('seconds'),
    budget: amount,
    topUpLimit: amount,
    startBy: time,
    maxAttempts: count,
    work: z.object({ definition: hash, affinity: z.string(), name: z.string(), salt: amount }),
  })
  .meta({ id: 'JobRequest' })

const ending = {
  cost: amount,
  cut: amount,
  refund: amount,
  secondsUsed: count,
  exitCode: count,
  result: hash,
}

export const job = z
  .object({
    id: hash,
    state: jobState,
    request: jobRequest,
    attempt: count,
    provider: count.describe('0 for none'),
    since: time,
    budget: amount,
    ratePerMinute: amount,
    cancelRequested: z.boolean(),
    submittedAt: time,
    changedAt: time,
    submission: z.object({ block: count, logIndex: count, transaction: hash }),
    ending: z.object({ at: time, transaction: hash, ...ending }).nullable(),
  })
  .meta({ id: 'Job' })

export const transition = z
  .object({
    job: hash,
    from: z.enum(JOB_STATUSES),
    to: jobState,
    attempt: count,
    provider: count.describe('0 for none'),
    at: time,
    block: count,
    logIndex: count,
    transaction: hash,
    details: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('job-submitted') }),
      z.object({ kind: z.literal('job-assigned'), ratePerMinute: amount, cutPermille: count }),
      z.object({ kind: z.literal('job-scheduled') }),
      z.object({ kind: z.literal('job-started'), startedAt: time }),
      z.object({ kind: z.literal('job-returned'), reason: z.string() }),
      z.object({ kind: z.literal('job-ended'), ...ending }),
    ]),
  })
  .meta({ id: 'Transition' })

const reasoned = { reason: z.string().describe('a word that stays the same'), sentence: z.string() }

export const provider = z
  .object({
    index: count,
    owner: address,
    status: z.enum(PROVIDER_STATUSES),
    isDraining: z.boolean(),
    contact: z.object({ signer: address, encryptionKey: hash, endpoint: z.string() }),
    profile: z.object({ name: z.string(), url: z.string(), region: z.string(), software: z.string() }),
    stake: amount,
    unbonding: amount,
    unbondsAt: time,
    offer: z
      .object({
        prices: z.object({ cpuPerMinute: amount, memPerMinute: amount, gpuPerMinute: amount }),
        maxOpenJobs: count,
        acceptsDirect: z.boolean(),
        nodes: z.array(z.object({ count, cpus: count, mem: count.describe('MB'), gpus: count, gpuModel: z.string() })),
        labels: z.array(z.object({ key: z.string(), value: z.string() })),
      })
      .nullable(),
    openJobs: count,
    lastSeen: time,
    registeredAt: time,
    record: z.object({ ended: z.number(), refused: z.number(), lost: z.number(), late: z.number(), at: time }),
    reliability: z.number().describe('0 to 1'),
    room: count.describe('jobs that it can be given now'),
    hindrance: z.object(reasoned).nullable(),
  })
  .meta({ id: 'Provider' })

const totalsShape = {
  submitted: count,
  assigned: count,
  returned: count,
  ended: count,
  states: z.record(jobState, count).describe('jobs by state; of a day: how their number changed'),
  cost: amount,
  cut: amount,
  refund: amount,
  secondsUsed: amount,
  cpuSeconds: amount,
  gpuSeconds: amount,
}

export const totals = z.object(totalsShape).meta({ id: 'Totals' })
export const dayTotals = z.object({ day: z.iso.date(), ...totalsShape }).meta({ id: 'DayTotals' })

export const decision = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('placed'), provider: count, ratePerMinute: amount, ...reasoned }),
    z.object({
      kind: z.literal('waiting'),
      ...reasoned,
      place: count.nullable().describe('in the queue, from 1'),
      expectedStart: time.nullable(),
    }),
  ])
  .meta({ id: 'Decision' })

export const explanation = z
  .object({ decision, refusals: z.array(z.object({ provider: count, ...reasoned })) })
  .meta({ id: 'Explanation' })

const paidBy = (...who: readonly ['relay', ...'customer'[]]) => z.object({ paidBy: z.enum(who), sentence: z.string() })

export const quote = z
  .object({
    provider: count,
    name: z.string(),
    ratePerMinute: amount.nullable(),
    total: amount.nullable().describe('the smallest budget that pays for the time limit'),
    secondsBought: amount.nullable().describe('what the budget buys; null where none was given'),
    isAble: z.boolean().describe('whether it could run the job now or later'),
    reason: z.string().nullable(),
    sentence: z.string().nullable(),
    expectedStart: time.nullable(),
  })
  .meta({ id: 'Quote' })

export const quotes = z
  .object({
    choice: decision,
    quotes: z.array(quote),
    gas: z.object({ submission: paidBy('relay', 'customer'), running: paidBy('relay') }),
    asOf,
  })
  .meta({ id: 'Quotes' })

export const refusal = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .meta({ id: 'Refusal', description: 'Why a request was refused: a stable code, and what to do.' })

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable().describe('cursor of the next page'), asOf })
}
