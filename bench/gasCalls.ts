import type { ContractTransactionResponse } from 'ethers'
import { assignAll, newJobs, reportAll, submitAll } from '../test/contracts/support/batches.ts'
import { nextBlockIn, now } from '../test/contracts/support/chain.ts'
import { CREDIT } from '../test/contracts/support/credit.ts'
import type { Grid } from '../test/contracts/support/grid.ts'
import { permitOf } from '../test/contracts/support/permits.ts'
import type { JobCase } from '../test/contracts/support/requests.ts'
import { heartbeat } from '../test/contracts/support/steps.ts'
import { loadBenchGrid } from './gasGrid.ts'
import { gasUsed } from './gasUsed.ts'
import { submitArray } from './submitArray.ts'

/** Batch sizes that each call is measured at. */
export const SIZES = [1, 10, 100] as const

type Step = (grid: Grid, jobs: readonly JobCase[]) => Promise<ContractTransactionResponse>

interface Call {
  /** What happened to the jobs before, one step after the other. */
  readonly after: readonly Step[]
  readonly act: Step
}

const RESULT = `0x${'5a'.repeat(32)}` as const
const submitted: readonly Step[] = [(grid, jobs) => submitAll(grid, jobs)]
const assigned: readonly Step[] = [...submitted, (grid, jobs) => assignAll(grid, jobs)]
const scheduled: readonly Step[] = [...assigned, (grid, jobs) => reportAll(grid, jobs, 'SCHEDULED')]
const start: Step = async (grid, jobs) => reportAll(grid, jobs, 'RUNNING', { startedAt: (await now()) + 1 })
const running: readonly Step[] = [...scheduled, start]
const finish: Step = async (grid, jobs) => {
  await nextBlockIn(300)
  return reportAll(grid, jobs, 'FINISHED', { secondsUsed: 300, result: RESULT })
}
const asCustomer = (grid: Grid) => grid.jobs.connect(grid.actors.customer)
const termsOf = (jobs: readonly JobCase[]) => jobs.map((job) => job.terms)
const cancel: Step = (grid, jobs) => asCustomer(grid).cancel(termsOf(jobs).map((terms) => ({ terms, signature: '0x' })))
const announce: Step = (grid, jobs) =>
  grid.jobs.connect(grid.actors.guardian).announcePanic(
    jobs.map((job) => job.id),
    '',
  )

const CALLS: Readonly<Record<string, Call>> = {
  'submit, sent by the customer': {
    after: [],
    act: (grid, jobs) =>
      asCustomer(grid).submit(
        jobs.map(({ request }) => ({ request, proof: [], signature: '0x' })),
        [],
      ),
  },
  'submit, a signature each': { after: [], act: (grid, jobs) => submitAll(grid, jobs) },
  'submit, one signature over a Merkle root': { after: [], act: submitArray },
  assign: { after: submitted, act: (grid, jobs) => assignAll(grid, jobs) },
  'report SCHEDULED': { after: assigned, act: (grid, jobs) => reportAll(grid, jobs, 'SCHEDULED') },
  'report RUNNING': { after: scheduled, act: start },
  'report FINISHED': { after: running, act: finish },
  'report FINISHED over three hops': {
    after: assigned,
    act: async (grid, jobs) => {
      const startedAt = await now()
      await nextBlockIn(300)
      return reportAll(grid, jobs, 'FINISHED', { startedAt, secondsUsed: 300, result: RESULT })
    },
  },
  'report PENDING, a return': { after: running, act: (grid, jobs) => reportAll(grid, jobs, 'PENDING') },
  'cancel while waiting': { after: submitted, act: cancel },
  'cancel request': { after: running, act: cancel },
  topUp: {
    after: running,
    act: (grid, jobs) =>
      asCustomer(grid).topUp(jobs.map(({ terms }) => ({ terms, total: terms.budget + CREDIT, signature: '0x' }))),
  },
  topUpDelegated: {
    after: running,
    act: (grid, jobs) =>
      grid.jobs.connect(grid.actors.oracle).topUpDelegated(
        termsOf(jobs),
        jobs.map(({ terms }) => terms.budget + CREDIT),
      ),
  },
  'heartbeat, so many jobs running': {
    after: running,
    act: async (grid, jobs) =>
      heartbeat(grid, { sentAt: await now(), running: jobs.map(({ id }) => ({ id, attempt: 1, secondsUsed: 9 })) }),
  },
  'expire, with a penalty': {
    after: running,
    act: async (grid, jobs) => {
      await nextBlockIn(grid.config.parameters.silenceTimeout + 1)
      return grid.jobs.connect(grid.actors.stranger).expire(termsOf(jobs))
    },
  },
  announcePanic: { after: running, act: announce },
  panic: {
    after: [...running, announce],
    act: async (grid, jobs) => {
      await nextBlockIn(grid.config.parameters.panicDelay + 1)
      return grid.jobs.connect(grid.actors.guardian).panic(termsOf(jobs))
    },
  },
  depositWithPermit: {
    after: [],
    act: async (grid, jobs) => {
      const permit = await permitOf(grid, grid.actors.payer, CREDIT)
      // The first permit allows all: the others stand for ones that somebody else sent before.
      await grid.credits.connect(grid.actors.payer).approve(grid.jobs, BigInt(jobs.length) * CREDIT)
      return grid.jobs.connect(grid.actors.relayer).depositWithPermit(jobs.map(() => permit))
    },
  },
}

/** Gas an item of each call, alone and in batches. */
export async function measureCalls(): Promise<Record<string, Record<string, number>>> {
  const table: Record<string, Record<string, number>> = {}
  for (const [name, call] of Object.entries(CALLS)) {
    table[name] = Object.fromEntries(
      await inTurn(SIZES, async (size) => [`${size}`, Math.round((await gasOf(call, size)) / size)]),
    )
  }
  return table
}

/** Gas of a signed submit alone, by the length of its affinity in bytes. */
export async function measureAffinity(): Promise<Record<string, number>> {
  const lengths = [0, 32, 128, 512, 1024]
  const rows = await inTurn(lengths, async (length): Promise<[string, number]> => {
    const { grid } = await loadBenchGrid()
    const [job] = await newJobs(grid, 1)
    if (job === undefined) throw new Error('no job was made')
    const work = { ...job.request.work, affinity: 'a'.repeat(length) }
    return [`${length}`, await gasUsed(submitAll(grid, await newJobs(grid, 1, undefined, { work })))]
  })
  return Object.fromEntries(rows)
}

async function gasOf(call: Call, size: number): Promise<number> {
  const { grid } = await loadBenchGrid()
  const jobs = await newJobs(grid, size)
  for (const step of call.after) await step(grid, jobs)
  return gasUsed(call.act(grid, jobs))
}

/** One after the other: all share one chain. */
async function inTurn<Input, Output>(
  inputs: readonly Input[],
  act: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = []
  for (const input of inputs) outputs.push(await act(input))
  return outputs
}
