import { readdirSync, readFileSync } from 'node:fs'
import { type Customer, freshCustomer } from '../../scripts/demo/customer.ts'
import { type SubmittedWorkflow, submitWorkflow } from '../../scripts/demo/submitWorkflow.ts'
import type { LocalGrid } from '../../scripts/grid/localGrid.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import type { JobStatus } from '../../sdk/domain/status.ts'
import { type JobTransition, signDepositPermit, watchJob } from '../../sdk/index.ts'

export const CREDIT = 10n ** 18n

export type Ended = Extract<JobTransition, { kind: 'job-ended' }>

/** A workflow of one step on one cpu. */
export function workflowOf(command: string, extra: { timeLimit?: number; affinity?: string } = {}): string {
  const { timeLimit = 60, affinity = '' } = extra
  const script = command
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n')
  return `name: test
timeLimit: ${timeLimit}s
${affinity === '' ? '' : `affinity: ${affinity}\n`}resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 128, gpus: 0 }
steps:
  - name: only
    run:
      command: |
${script}
`
}

/** Submits workflows of a customer who has credits in its wallet but none deposited: the first brings the permit. */
export class Submitter {
  readonly customer: Customer
  readonly #grid: LocalGrid
  #deposited = false

  private constructor(grid: LocalGrid, customer: Customer) {
    this.#grid = grid
    this.customer = customer
  }

  static async open(grid: LocalGrid): Promise<Submitter> {
    const customer = await freshCustomer(grid)
    await grid.mint(customer.address, 100n * CREDIT)
    return new Submitter(grid, customer)
  }

  async submit(text: string, maxAttempts = 3): Promise<SubmittedWorkflow> {
    const providers = this.#grid.providers.map(({ index }) => index)
    const first = !this.#deposited
    this.#deposited = true
    const permit = first ? { permit: await signDepositPermit(this.customer.client, 100n * CREDIT) } : {}
    return submitWorkflow(this.customer, text, { providers, maxAttempts, ...permit })
  }

  /** Waits until the chain shows the job in a state, or ended; returns every state on the way. */
  async reach(id: Hex, status: JobStatus): Promise<readonly JobStatus[]> {
    const states: JobStatus[] = []
    for await (const transition of watchJob(this.customer.client, id)) {
      states.push(transition.to)
      if (transition.to === status) break
    }
    return states
  }

  /** Waits for the end of a job. */
  async end(id: Hex): Promise<Ended> {
    for await (const transition of watchJob(this.customer.client, id)) {
      if (transition.kind === 'job-ended') return transition
    }
    throw new Error(`job ${id} has no end`)
  }
}

/** Ids of the processes whose command line, environment or working folder names a text. */
export function processesNaming(text: string): readonly number[] {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      // The process ended while the list was made.
      return ''
    }
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes(text) || read(`/proc/${pid}/environ`).includes(text))
    .map(Number)
}
