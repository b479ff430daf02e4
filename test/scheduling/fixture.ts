import { emptyGrid, type GridState } from '../../scheduling/grid.ts'
import { reduce } from '../../scheduling/reduce.ts'
import { type Snapshot, type SnapshotTerms, snapshotOf } from '../../scheduling/snapshot.ts'
import type { EventPlace, GridEvent, GridFact } from '../../sdk/domain/events.ts'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import type { Offer } from '../../sdk/domain/provider.ts'

export const ZERO: Hex = '0x0000000000000000000000000000000000000000'
export const CREDIT = 10n ** 18n

/** A hex string of `bytes` bytes that ends with the number. */
export function hex(number: number, bytes = 32): Hex {
  return `0x${number.toString(16).padStart(bytes * 2, '0')}`
}

export function requestOf(changes: Partial<Omit<JobRequest, 'work'>> & Partial<JobRequest['work']> = {}): JobRequest {
  const { definition = hex(1), affinity = '', name = 'job', salt = 0n, ...terms } = changes
  return {
    customer: hex(0xc1, 20),
    payer: ZERO,
    provider: 0,
    tasks: 1,
    cpusPerTask: 1,
    memPerCpu: 1,
    gpus: 0,
    timeLimit: 600,
    budget: 1_000_000n * CREDIT,
    topUpLimit: 0n,
    startBy: 1_000_000_000,
    maxAttempts: 3,
    ...terms,
    work: { definition, affinity, name, salt },
  }
}

export function offerOf(changes: Partial<Offer> = {}): Offer {
  return {
    prices: { cpuPerMinute: CREDIT, memPerMinute: 0n, gpuPerMinute: CREDIT },
    maxOpenJobs: 1000,
    acceptsDirect: false,
    nodes: [{ count: 1, cpus: 4, mem: 4096, gpus: 0, gpuModel: '' }],
    labels: [],
    ...changes,
  }
}

/** A grid that tests tell events to. Each event is one block; `now` is the time of the next. */
export class TestGrid {
  readonly state: GridState = emptyGrid()
  block = 0
  now = 1000

  tell(fact: GridFact): this {
    this.block += 1
    reduce(this.state, { ...fact, place: this.place() } as GridEvent)
    return this
  }

  private place(): EventPlace {
    return { block: this.block, logIndex: 0, blockHash: hex(this.block), transaction: hex(this.block), time: this.now }
  }

  /** Registers, stakes and approves a provider with this offer. */
  provider(index: number, changes: Partial<Offer> = {}, stake = 1000n * CREDIT): this {
    const contact = { signer: hex(0x500 + index, 20), encryptionKey: hex(index), endpoint: '' }
    const profile = { name: `cluster ${index}`, url: '', region: '', software: '' }
    return this.tell({ kind: 'provider-registered', provider: index, owner: hex(0x600 + index, 20), contact, profile })
      .tell({ kind: 'offer-set', provider: index, offer: offerOf(changes) })
      .tell({ kind: 'stake-changed', provider: index, stake })
      .tell({ kind: 'provider-approved', provider: index })
  }

  /** Submits a job whose id is the number. */
  job(number: number, changes: Parameters<typeof requestOf>[0] = {}): this {
    return this.tell({ kind: 'job-submitted', id: hex(number), request: requestOf(changes) })
  }

  assign(number: number, provider: number, attempt = 1): this {
    return this.tell({ kind: 'job-assigned', id: hex(number), provider, attempt, rate: CREDIT, cutPermille: 50 })
  }

  giveBack(number: number, provider: number, attempt = 1): this {
    return this.tell({
      kind: 'job-returned',
      id: hex(number),
      provider,
      attempt,
      from: 'META_SCHEDULED',
      reason: hex(0),
    })
  }

  end(number: number, provider: number, secondsUsed = 60): this {
    const amounts = { cost: 0n, cut: 0n, refund: 0n, exitCode: 0, result: hex(0) }
    const customer = hex(0xc1, 20)
    return this.tell({
      kind: 'job-ended',
      id: hex(number),
      customer,
      provider,
      status: 'FINISHED',
      secondsUsed,
      ...amounts,
    })
  }

  snapshot(terms: Partial<SnapshotTerms> = {}): Snapshot {
    return snapshotOf(this.state, this.block, this.now, { minimumStake: CREDIT, penalty: CREDIT, ...terms })
  }
}
