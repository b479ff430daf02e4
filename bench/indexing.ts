import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from 'viem'
import type { Block, Chain } from '../gateway/index/chain/chain.ts'
import { Follower } from '../gateway/index/follower.ts'
import { openIndex } from '../gateway/index/openIndex.ts'
import { listJobs } from '../gateway/index/queries/jobs.ts'
import { type Reading, reading } from '../gateway/index/queries/reading.ts'
import { tallyAt } from '../gateway/index/queries/totals.ts'
import type { EventPlace, GridEvent, GridFact } from '../sdk/domain/events.ts'
import type { Hex } from '../sdk/domain/job.ts'

const CREDIT = 10n ** 18n
const JOBS = Number(process.argv[2] ?? 100_000)
const JOBS_A_BLOCK = 100
const CUSTOMERS = 1000
const PROVIDERS = 20
/** The first blocks register the providers; a job takes five blocks, and one block holds what happens to five batches of jobs. */
const BLOCKS = 1 + Math.ceil(JOBS / JOBS_A_BLOCK) + 4

const hash = (number: number) => toHex(number, { size: 32 })
const account = (number: number): Hex => toHex(number, { size: 20 })

/** A chain that makes its blocks up when they are read: what is measured is the index, not a node. */
const chain: Chain = {
  head: async () => blockAt(BLOCKS),
  block: async (number) => blockAt(number),
  async *events(from, to) {
    for (let first = from; first <= to; first += 20) {
      const last = Math.min(first + 19, to)
      yield Array.from({ length: last - first + 1 }, (_, at) => eventsOf(first + at)).flat()
    }
  },
}

function blockAt(number: number): Block {
  return { number, hash: hash(number), parentHash: hash(number - 1), time: 1_700_000_000 + number * 12 }
}

function eventsOf(block: number): readonly GridEvent[] {
  const facts = block === 1 ? providers() : [0, 1, 2, 3, 4].flatMap((step) => batch(block - 2 - step, step))
  return facts.map((fact, logIndex) => ({ ...fact, place: placeOf(block, logIndex) }) as GridEvent)
}

function placeOf(block: number, logIndex: number): EventPlace {
  const transaction = hash(block * 1000 + Math.floor(logIndex / JOBS_A_BLOCK))
  return { block, logIndex, blockHash: hash(block), transaction, time: blockAt(block).time }
}

function providers(): readonly GridFact[] {
  return Array.from({ length: PROVIDERS }, (_, at): GridFact => {
    const contact = { signer: account(at), encryptionKey: hash(at), endpoint: '' }
    const profile = { name: `cluster ${at}`, url: '', region: '', software: '' }
    return { kind: 'provider-registered', provider: at + 1, owner: account(at), contact, profile }
  })
}

/** The step of one batch of jobs; none where there is no such batch. */
function batch(number: number, step: number): readonly GridFact[] {
  const first = number * JOBS_A_BLOCK
  const size = Math.min(JOBS_A_BLOCK, JOBS - first)
  return first < 0 || size <= 0 ? [] : Array.from({ length: size }, (_, at) => factOf(first + at, step))
}

function factOf(job: number, step: number): GridFact {
  const id = hash(job + 1)
  const customer = account(10_000 + (job % CUSTOMERS))
  const shared = { id, provider: 1 + (job % PROVIDERS), attempt: 1 }
  if (step === 0) return { kind: 'job-submitted', id, request: requestOf(customer, job) }
  if (step === 1) return { kind: 'job-assigned', ...shared, rate: CREDIT, cutPermille: 50 }
  if (step === 2) return { kind: 'job-scheduled', ...shared }
  if (step === 3) return { kind: 'job-started', ...shared, startedAt: 1_700_000_000 }
  const money = { cost: 5n * CREDIT, cut: CREDIT / 4n, refund: 5n * CREDIT }
  const run = { status: 'FINISHED', secondsUsed: 300, exitCode: 0, result: hash(7) } as const
  return { kind: 'job-ended', id, customer, provider: shared.provider, ...money, ...run }
}

function requestOf(customer: Hex, job: number) {
  const sizes = { tasks: 1, cpusPerTask: 4, memPerCpu: 2048, gpus: 0, timeLimit: 600, maxAttempts: 3 }
  const money = { budget: 10n * CREDIT, topUpLimit: 0n }
  const work = { definition: hash(job), affinity: 'arch=amd64', name: `job ${job}`, salt: BigInt(job) }
  return { customer, payer: account(0), provider: 0, startBy: 1_800_000_000, ...sizes, ...money, work }
}

/** Milliseconds that the median of some askings takes. */
async function milliseconds(ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let time = 0; time < 51; time += 1) {
    const startedAt = performance.now()
    await ask()
    times.push(performance.now() - startedAt)
  }
  return Number((times.sort((left, right) => left - right)[25] ?? 0).toFixed(2))
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'index-bench-'))
  const path = join(folder, 'index.sqlite')
  const identity = { chainId: 1, jobs: account(1), genesis: hash(0), startBlock: 1 }
  const { index } = await openIndex({ kind: 'file', path }, identity)
  const startedAt = performance.now()
  const { events } = await new Follower(index, chain, 1).advance()
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = process.cpuUsage()
  const ask = (read: (within: Reading) => Promise<unknown>) => milliseconds(() => reading(index, read))
  const page = { order: 'newest', limit: 50, after: undefined } as const
  const any = { customer: undefined, provider: undefined, states: [], submitted: { from: undefined, until: undefined } }
  const list = (filter: object) => ask((read) => listJobs(read, { ...any, ...filter }, page, (row) => row))
  const figures = {
    jobs: JOBS,
    events,
    seconds: Number(seconds.toFixed(1)),
    // What a machine that does nothing else would take, about.
    cpuSeconds: Number(((cpu.user + cpu.system) / 1e6).toFixed(1)),
    eventsPerSecond: Math.round(events / seconds),
    peakMemoryMB: Math.round(process.resourceUsage().maxRSS / 1024),
    fileMB: Math.round(statSync(path).size / 1e6),
    milliseconds: {
      newest: await list({}),
      ofCustomer: await list({ customer: account(10_001) }),
      ofCustomerRunning: await list({ customer: account(10_001), states: ['RUNNING'] }),
      atProvider: await list({ provider: 3 }),
      ended: await list({ states: ['FINISHED', 'FAILED'] }),
      totals: await ask((read) => tallyAt(read, '', BLOCKS)),
    },
  }
  await index.destroy()
  rmSync(folder, { recursive: true })
  console.log(JSON.stringify(figures, null, 2))
}

await main()
