import type { ContractTransactionResponse } from 'ethers'
import type { JobRequest } from '../../../sdk/domain/job.ts'
import { type JobStatus, statusNumber } from '../../../sdk/domain/status.ts'
import type { Books } from './books.ts'
import { ethers, nextBlockAt, now } from './chain.ts'
import { pass, passAlive, passSilence, sinceOf } from './deadlines.ts'
import type { Grid } from './grid.ts'
import { closed, opened, penalised, refunded, settled, sumOf } from './money.ts'
import { type JobCase, rateAt } from './requests.ts'
import { signCancel, signRequest } from './signing.ts'
import { announcePanic, assign, assignSelf, cancel, expire, panic, report, submit } from './steps.ts'

type Act = (grid: Grid, job: JobCase) => Promise<ContractTransactionResponse>

/** One way along one row of the transition table: who takes it, by which call, what it says and what it costs whom. */
export interface Way {
  readonly by: string
  readonly facts?: Partial<JobRequest>
  /** What happens to a job in the row's first state before the act itself. */
  readonly given?: (grid: Grid, job: JobCase) => Promise<unknown>
  readonly act: Act
  readonly event: string
  readonly args: (grid: Grid, job: JobCase) => readonly unknown[]
  readonly changes: (grid: Grid, job: JobCase) => Books
}

const REASON = ethers.encodeBytes32String('because')
const DEADLINE_PASSED = ethers.encodeBytes32String('deadline-passed')
const RAN = 90

const submitted = {
  event: 'JobSubmitted',
  args: (grid: Grid, job: JobCase) => [job.id, grid.actors.customer, 0, isEqualTo(job.request.budget)],
}
const isEqualTo = (budget: bigint) => (request: { budget: bigint }) => request.budget === budget

const ended = (
  status: JobStatus,
  said: { provider?: number; cost?: (grid: Grid, job: JobCase) => bigint; seconds?: number; exitCode?: number } = {},
): Pick<Way, 'event' | 'args'> => ({
  event: 'JobEnded',
  args: (grid, job) => {
    const cost = said.cost?.(grid, job) ?? 0n
    const cut = (cost * 20n) / 1000n
    const { seconds = 0, exitCode = 0, provider = 1 } = said
    const unpaid = status === 'CANCELLED' && cost === 0n
    const refund = unpaid && said.provider === -1 ? 0n : job.request.budget - cost
    const number = statusNumber(status)
    return [job.id, grid.actors.customer, Math.max(provider, 0), number, cost, cut, refund, seconds, exitCode, anyWord]
  },
})
const anyWord = (word: unknown) => ethers.isHexString(word, 32)

const ran = { seconds: RAN, cost: (grid: Grid, job: JobCase) => (rateAt(grid.alpha, job) * BigInt(RAN)) / 60n }

const returned = (from: JobStatus, reason = REASON): Pick<Way, 'event' | 'args'> => ({
  event: 'JobReturned',
  args: (_, job) => [job.id, 1, 1, statusNumber(from), reason],
})

const gaveBack: Act = (grid, job) => report(grid, job, 'PENDING', { result: REASON as `0x${string}` })
const relayed = async (grid: Grid, job: JobCase) => {
  const signature = await signCancel(grid.actors.customer, grid.domain, job.id)
  return grid.jobs.connect(grid.actors.relayer).cancel([{ terms: job.terms, signature }])
}
const parameters = (grid: Grid) => grid.config.parameters
const announced = async (grid: Grid, job: JobCase) => {
  await announcePanic(grid, job)
  await nextBlockAt((await now()) + parameters(grid).panicDelay + 1)
}

const enforced = (status: JobStatus): Way => ({
  by: 'anyone after `cancelTimeout`',
  given: async (grid, job) => {
    await cancel(grid, job)
    await nextBlockAt((await now()) + parameters(grid).cancelTimeout + 1)
  },
  act: (grid, job) => expire(grid, job),
  ...ended('CANCELLED'),
  facts: status === 'RUNNING' ? { timeLimit: 600 } : {},
  changes: (grid, job) => sumOf(refunded(job), closed(grid)),
})

const obeyed: Way = {
  by: 'provider after the customer’s cancel request',
  given: cancel,
  act: (grid, job) => report(grid, job, 'CANCELLED'),
  ...ended('CANCELLED'),
  changes: (grid, job) => sumOf(refunded(job), closed(grid)),
}

const guarded: Way = {
  by: 'guardian `panicDelay` after its announcement',
  given: announced,
  act: panic,
  ...ended('PANICKED'),
  changes: (grid, job) => sumOf(refunded(job), closed(grid)),
}

const undefinedBehaviour: Way = {
  by: 'provider',
  act: (grid, job) => report(grid, job, 'PANICKED', { exitCode: 0 }),
  ...ended('PANICKED'),
  changes: (grid, job) => sumOf(refunded(job), closed(grid)),
}

const silentForGood: Way = {
  by: 'anyone when the provider is silent with no attempt left',
  facts: { maxAttempts: 1 },
  given: passSilence,
  act: (grid, job) => expire(grid, job),
  ...ended('PANICKED'),
  changes: (grid, job) => sumOf(refunded(job), closed(grid), penalised(grid.config.silencePenalty, true)),
}

const silent = (from: JobStatus): Way => ({
  by: 'anyone when the provider has been silent for `silenceTimeout`',
  given: passSilence,
  act: (grid, job) => expire(grid, job),
  ...returned(from, DEADLINE_PASSED),
  changes: (grid) => sumOf(closed(grid), penalised(grid.config.silencePenalty, true)),
})

const ranFor = (status: JobStatus, exitCode = 0): Way => ({
  by: 'provider',
  ...(status === 'OUT_OF_CREDITS' ? { facts: { timeLimit: RAN } } : {}),
  given: (grid, job) => pass(grid, job, RAN),
  act: (grid, job) => report(grid, job, status, { secondsUsed: RAN, exitCode }),
  ...ended(status, { ...ran, exitCode }),
  changes: (grid, job) => settled(grid, job, RAN),
})

/** At least one way along every row of the table, by each caller that the row names. */
export const WAYS: Readonly<Record<string, readonly Way[]>> = {
  'NONE → PENDING': [
    {
      by: 'customer',
      act: submit,
      ...submitted,
      changes: (_, job) => ({ customer: -job.request.budget }),
    },
    {
      by: 'anyone with the customer’s signature',
      act: async (grid, job) => {
        const signature = await signRequest(grid.actors.customer, grid.domain, job)
        return grid.jobs.connect(grid.actors.relayer).submit([{ request: job.request, proof: [], signature }], [])
      },
      ...submitted,
      changes: (_, job) => ({ customer: -job.request.budget }),
    },
  ],
  'NONE → CANCELLED': [
    { by: 'customer', act: cancel, ...ended('CANCELLED', { provider: -1 }), changes: () => ({}) },
    {
      by: 'anyone with the customer’s signature',
      act: relayed,
      ...ended('CANCELLED', { provider: -1 }),
      changes: () => ({}),
    },
  ],
  'PENDING → META_SCHEDULED': [
    {
      by: 'oracle',
      act: (grid, job) => assign(grid, job),
      event: 'JobAssigned',
      args: (grid, job) => [job.id, 1, 1, rateAt(grid.alpha, job), parameters(grid).cutPermille],
      changes: opened,
    },
    {
      by: 'the customer itself after `oracleGrace`, as the offer accepts direct jobs',
      given: (grid, job) => pass(grid, job, parameters(grid).oracleGrace),
      act: (grid, job) => assignSelf(grid, job),
      event: 'JobAssigned',
      args: (grid, job) => [job.id, 1, 1, rateAt(grid.alpha, job), parameters(grid).cutPermille],
      changes: opened,
    },
  ],
  'PENDING → CANCELLED': [
    { by: 'customer', act: cancel, ...ended('CANCELLED', { provider: 0 }), changes: (_, job) => refunded(job) },
    {
      by: 'anyone with the customer’s signature',
      act: relayed,
      ...ended('CANCELLED', { provider: 0 }),
      changes: (_, job) => refunded(job),
    },
    {
      by: 'anyone after `startBy`',
      given: (_, job) => nextBlockAt(job.request.startBy + 1),
      act: (grid, job) => expire(grid, job),
      ...ended('CANCELLED', { provider: 0 }),
      changes: (_, job) => refunded(job),
    },
    {
      by: 'anyone when attempts are used up',
      facts: { maxAttempts: 1 },
      given: async (grid, job) => {
        await assign(grid, job)
        await gaveBack(grid, job)
      },
      act: (grid, job) => expire(grid, job),
      ...ended('CANCELLED', { provider: 0 }),
      changes: (_, job) => refunded(job),
    },
  ],
  'META_SCHEDULED → SCHEDULED': [
    {
      by: 'provider',
      act: (grid, job) => report(grid, job, 'SCHEDULED'),
      event: 'JobScheduled',
      args: (_, job) => [job.id, 1, 1],
      changes: () => ({}),
    },
  ],
  'META_SCHEDULED → PENDING': [
    { by: 'provider refuses', act: gaveBack, ...returned('META_SCHEDULED'), changes: closed },
    {
      by: 'provider refuses late',
      given: (grid, job) => pass(grid, job, parameters(grid).acceptTimeout),
      act: gaveBack,
      ...returned('META_SCHEDULED'),
      changes: (grid) => sumOf(closed(grid), penalised(grid.config.latePenalty, false)),
    },
    {
      by: 'anyone after `acceptTimeout`',
      given: (grid, job) => pass(grid, job, parameters(grid).acceptTimeout),
      act: (grid, job) => expire(grid, job),
      ...returned('META_SCHEDULED', DEADLINE_PASSED),
      changes: (grid) => sumOf(closed(grid), penalised(grid.config.latePenalty, true)),
    },
  ],
  'META_SCHEDULED → CANCELLED': [obeyed, enforced('META_SCHEDULED')],
  'META_SCHEDULED → PANICKED': [guarded],
  'SCHEDULED → RUNNING': [
    {
      by: 'provider',
      given: (grid, job) => pass(grid, job, 50),
      act: async (grid, job) => report(grid, job, 'RUNNING', { startedAt: (await sinceOf(grid, job)) + 20 }),
      event: 'JobStarted',
      args: (_, job) => [job.id, 1, 1, (startedAt: bigint) => startedAt > job.request.startBy - 24 * 3600],
      changes: () => ({}),
    },
  ],
  'SCHEDULED → FAILED': [
    {
      by: 'provider',
      act: (grid, job) => report(grid, job, 'FAILED', { result: REASON as `0x${string}` }),
      ...ended('FAILED'),
      changes: (grid, job) => sumOf(refunded(job), closed(grid)),
    },
  ],
  'SCHEDULED → PENDING': [
    { by: 'provider gives it back', act: gaveBack, ...returned('SCHEDULED'), changes: closed },
    {
      by: 'provider gives it back late',
      given: (grid, job) => pass(grid, job, parameters(grid).queueTimeout),
      act: gaveBack,
      ...returned('SCHEDULED'),
      changes: (grid) => sumOf(closed(grid), penalised(grid.config.latePenalty, false)),
    },
    {
      by: 'anyone after `queueTimeout`',
      given: (grid, job) => passAlive(grid, job, parameters(grid).queueTimeout),
      act: (grid, job) => expire(grid, job),
      ...returned('SCHEDULED', DEADLINE_PASSED),
      changes: (grid) => sumOf(closed(grid), penalised(grid.config.latePenalty, true)),
    },
    silent('SCHEDULED'),
  ],
  'SCHEDULED → CANCELLED': [obeyed, enforced('SCHEDULED')],
  'SCHEDULED → PANICKED': [undefinedBehaviour, guarded, silentForGood],
  'RUNNING → FINISHED': [ranFor('FINISHED')],
  'RUNNING → FAILED': [ranFor('FAILED', 3)],
  'RUNNING → OUT_OF_CREDITS': [ranFor('OUT_OF_CREDITS')],
  'RUNNING → PENDING': [{ by: 'provider', act: gaveBack, ...returned('RUNNING'), changes: closed }, silent('RUNNING')],
  'RUNNING → CANCELLED': [
    {
      by: 'provider after the customer’s cancel request',
      given: async (grid, job) => {
        await nextBlockAt((await sinceOf(grid, job)) + RAN)
        await cancel(grid, job)
        await pass(grid, job, RAN)
      },
      act: (grid, job) => report(grid, job, 'CANCELLED', { secondsUsed: RAN }),
      ...ended('CANCELLED', ran),
      changes: (grid, job) => settled(grid, job, RAN),
    },
    enforced('RUNNING'),
  ],
  'RUNNING → PANICKED': [
    undefinedBehaviour,
    guarded,
    silentForGood,
    {
      by: 'anyone after the allowed seconds + `reportGrace`',
      given: (grid, job) => passAlive(grid, job, job.request.timeLimit + parameters(grid).reportGrace),
      act: (grid, job) => expire(grid, job),
      ...ended('PANICKED'),
      changes: (grid, job) => sumOf(refunded(job), closed(grid), penalised(grid.config.silencePenalty, true)),
    },
  ],
}
