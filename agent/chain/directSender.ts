import { type ContractTransaction, isCallException, type Wallet } from 'ethers'
import type { Heartbeat, Hex, JobRequest, JobTerms } from '../../sdk/domain/job.ts'
import type { SignedReport } from '../outbox/outbox.ts'
import type { Grid } from './grid.ts'
import { reportStruct, termsOf } from './signing.ts'

/** Reports of one transaction: far below the gas that one may use. */
const REPORTS_PER_TRANSACTION = 40
/** After this a transaction that is not mined is replaced by one that pays more. */
const STUCK_MILLISECONDS = 30_000
const GAS_MARGIN_PERCENT = 130n

/** What became of a try to reach the contract without the relay. */
export interface DirectOutcome {
  readonly transaction?: Hex
  /** Why the contract takes a report not, or why nothing could be sent, in its own words. */
  readonly problems: readonly string[]
}

interface Sent {
  readonly nonce: number
  readonly at: number
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** Sends the provider's reports and heartbeats from its signer's own account, one transaction at a time. */
export class DirectSender {
  readonly #grid: Grid
  readonly #wallet: Wallet
  readonly #requestOf: (id: Hex) => JobRequest | undefined
  #last: Sent | undefined

  constructor(grid: Grid, wallet: Wallet, requestOf: (id: Hex) => JobRequest | undefined) {
    this.#grid = grid
    this.#wallet = wallet.connect(grid.rpc)
    this.#requestOf = requestOf
  }

  /** Sends those reports that the contract takes now; the others come with the error it gives. */
  async reports(entries: readonly SignedReport[]): Promise<DirectOutcome> {
    const problems: string[] = []
    const taken: SignedReport[] = []
    for (const entry of entries.slice(0, REPORTS_PER_TRANSACTION)) {
      const problem = await this.#problemOf(entry)
      if (problem === undefined) taken.push(entry)
      else problems.push(problem)
    }
    if (taken.length === 0) return { problems }
    const terms = taken.flatMap((entry) => [...this.#termsFor(entry)])
    return this.#send(await this.#grid.jobs.report.populateTransaction(taken.map(signedStruct), terms), problems)
  }

  async heartbeat(beat: Heartbeat, signature: Hex): Promise<DirectOutcome> {
    const heartbeat = { ...beat, running: [...beat.running] }
    return this.#send(await this.#grid.jobs.heartbeat.populateTransaction([{ heartbeat, signature }]), [])
  }

  /** An array of one reverts with the item's own error. */
  async #problemOf(entry: SignedReport): Promise<string | undefined> {
    const from = this.#wallet.address
    try {
      await this.#grid.jobs.report.staticCall([signedStruct(entry)], [...this.#termsFor(entry)], { from })
      return undefined
    } catch (error) {
      const { id, attempt, status } = entry.report
      return `${id}-${attempt} ${status}: ${reasonOf(error)}`
    }
  }

  #termsFor({ report }: SignedReport): readonly JobTerms[] {
    if (report.status === 'SCHEDULED' || report.status === 'RUNNING') return []
    const request = this.#requestOf(report.id)
    return request === undefined ? [] : [termsOf(request)]
  }

  async #send(call: ContractTransaction, problems: readonly string[]): Promise<DirectOutcome> {
    try {
      const nonce = await this.#grid.rpc.getTransactionCount(this.#wallet.address, 'latest')
      if (this.#isUnderWay(nonce)) return { problems: [...problems, 'the last transaction is not mined yet'] }
      const fees = await this.#fees(nonce)
      const gasLimit = ((await this.#wallet.estimateGas(call)) * GAS_MARGIN_PERCENT) / 100n
      const { hash } = await this.#wallet.sendTransaction({ ...call, ...fees, nonce, gasLimit })
      this.#last = { nonce, at: performance.now(), ...fees }
      return { transaction: hash as Hex, problems }
    } catch (error) {
      return { problems: [...problems, reasonOf(error)] }
    }
  }

  #isUnderWay(nonce: number): boolean {
    return this.#last?.nonce === nonce && performance.now() - this.#last.at < STUCK_MILLISECONDS
  }

  /** Nodes replace a transaction only by one that pays a tenth more. */
  async #fees(nonce: number): Promise<Pick<Sent, 'maxFeePerGas' | 'maxPriorityFeePerGas'>> {
    const now = await this.#grid.rpc.getFeeData()
    const stuck = this.#last?.nonce === nonce ? this.#last : undefined
    const raised = (fee: bigint | undefined): bigint => ((fee ?? 0n) * 125n) / 100n
    return {
      maxFeePerGas: larger(now.maxFeePerGas ?? now.gasPrice ?? 0n, raised(stuck?.maxFeePerGas)),
      maxPriorityFeePerGas: larger(now.maxPriorityFeePerGas ?? 0n, raised(stuck?.maxPriorityFeePerGas)),
    }
  }
}

function signedStruct({ provider, report, signature }: SignedReport) {
  return { provider, reports: [reportStruct(report)], signature }
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right
}

function reasonOf(error: unknown): string {
  if (isCallException(error) && error.revert !== null) return `${error.revert.name}(${error.revert.args.join(', ')})`
  const text = error instanceof Error ? error.message : String(error)
  if (text.includes('insufficient funds')) return 'the signer has no native coin for gas: send it some'
  return text
}
