import type { Run } from '../scheduling/cluster.ts'
import type { Customer } from '../scheduling/lane.ts'
import type { Start } from '../scheduling/pass.ts'
import { Planner } from '../scheduling/planner.ts'
import { policyNamed } from '../scheduling/policies.ts'
import { emptyRecord } from '../scheduling/record.ts'
import type { SnapshotProvider } from '../scheduling/snapshot.ts'
import type { Hex, JobRequest } from '../sdk/domain/job.ts'
import { randomFrom } from './random.ts'

const ZERO: Hex = '0x0000000000000000000000000000000000000000'
const PLENTY = 10n ** 40n
const CREDIT = 10n ** 18n

/** How large a grid is, and how many jobs wait on it. */
export interface Size {
  readonly nodes: number
  readonly clusters: number
  readonly queue: number
}

/** Clusters of 64-cpu nodes, a quarter of them with four gpus, each with its own prices. */
export function providersOf({ nodes, clusters }: Size, random: () => number): SnapshotProvider[] {
  const count = Math.floor(nodes / clusters)
  return Array.from({ length: clusters }, (_, at) => ({
    index: at + 1,
    owner: ZERO,
    contact: { signer: ZERO, encryptionKey: ZERO, endpoint: '' },
    profile: { name: `cluster ${at + 1}`, url: '', region: '', software: '' },
    status: 'APPROVED',
    draining: false,
    stake: PLENTY,
    unbonding: 0n,
    unbondsAt: 0,
    offer: {
      prices: {
        cpuPerMinute: CREDIT + BigInt(Math.floor(random() * 1e6)) * 10n ** 11n,
        memPerMinute: CREDIT / 4000n,
        gpuPerMinute: 20n * CREDIT,
      },
      maxOpenJobs: 4_000_000,
      acceptsDirect: false,
      nodes: [
        { count: count - Math.floor(count / 4), cpus: 64, mem: 262_144, gpus: 0, gpuModel: '' },
        { count: Math.floor(count / 4), cpus: 64, mem: 262_144, gpus: 4, gpuModel: 'a100' },
      ],
      labels: [{ key: 'arch', value: at % 5 === 0 ? 'arm64' : 'amd64' }],
    },
    openJobs: 0,
    lastSeen: 0,
    record: emptyRecord(0),
  }))
}

const HOUR = 3600
const FOREVER = Number.MAX_SAFE_INTEGER
const NONE: readonly number[] = []
const CUSTOMERS = Array.from({ length: 16 }, (_, at): Hex => `0x${at.toString(16).padStart(40, '0')}`)

/** A job of one of 24 shapes and 16 customers: mostly a part of a node, some several nodes, some gpus, some with a rule on labels. */
export function requestFrom(random: () => number): JobRequest {
  const shape = Math.floor(random() * 24)
  const isWide = shape >= 20
  return {
    customer: CUSTOMERS[Math.floor(random() * CUSTOMERS.length)] as Hex,
    payer: ZERO,
    provider: 0,
    tasks: isWide ? 2 ** (shape - 19) : 1,
    cpusPerTask: isWide ? 16 : ([4, 8, 16, 32][shape % 4] as number),
    memPerCpu: shape % 3 === 0 ? 2048 : 1024,
    gpus: shape >= 16 && shape < 20 ? (shape % 2) + 1 : 0,
    timeLimit: ([1, 2, 4, 12][shape % 4] as number) * HOUR,
    budget: PLENTY,
    topUpLimit: 0n,
    startBy: Number.MAX_SAFE_INTEGER,
    maxAttempts: 3,
    work: { definition: ZERO, affinity: shape % 8 === 5 ? 'arch=amd64' : '', name: '', salt: 0n },
  }
}

/** Enough that no two live jobs share one. */
const IDS = Array.from({ length: 1 << 20 }, (_, at) => idOf(at))

/** A full grid with a full queue, on which as many jobs end as start. */
export class PlacementGrid {
  readonly planner: Planner
  readonly running: Run[] = []
  waiting = 0
  now = 0
  private submitted = 0
  private readonly random: () => number
  private readonly customers = new Map<Hex, Customer>()

  constructor(size: Size) {
    this.random = randomFrom(7)
    const providers = providersOf(size, this.random)
    this.planner = new Planner(policyNamed('aged'), { providers, minimumStake: 0n, penalty: 0n })
    for (;;) {
      this.submit(Math.max(size.queue - this.waiting, 1000))
      if (this.tick().length === 0 && this.waiting >= size.queue) break
    }
  }

  /** Makes requests, which a real grid would have read from the chain before. */
  requests(count: number): readonly JobRequest[] {
    return Array.from({ length: count }, () => requestFrom(this.random))
  }

  submit(count: number, requests = this.requests(count)): void {
    for (const request of requests) {
      const id = IDS[this.submitted % IDS.length] as Hex
      const job = {
        id,
        request,
        budget: PLENTY,
        failedBy: NONE,
        submittedAt: this.now,
        sequence: this.submitted,
        startsUntil: FOREVER,
      }
      this.planner.submit(job, this.customerOf(request.customer))
      this.submitted += 1
      this.waiting += 1
    }
  }

  end(count: number): void {
    for (let left = Math.min(count, this.running.length); left > 0; left -= 1) {
      const at = Math.floor(this.random() * this.running.length)
      const run = this.running[at] as Run
      const last = this.running.pop() as Run
      if (last !== run) this.running[at] = last
      this.planner.release(run)
    }
  }

  tick(seconds = 1): readonly Start[] {
    this.now += seconds
    const starts = this.planner.tick(this.now)
    for (const { run } of starts) this.running.push(run)
    this.waiting -= starts.length
    return starts
  }

  private customerOf(id: Hex): Customer {
    const known = this.customers.get(id)
    if (known !== undefined) return known
    const share = this.random() * 1e7
    const customer = { version: 0, predict: (request: JobRequest) => request.timeLimit / 2, usage: () => share }
    this.customers.set(id, customer)
    return customer
  }
}

function idOf(number: number): Hex {
  const mixed = Math.imul(number + 1, 0x9e3779b1) >>> 0
  return `0x${mixed.toString(16).padStart(8, '0')}${number.toString(16).padStart(56, '0')}`
}
