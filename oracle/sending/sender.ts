import type { Logger } from 'pino'
import type { Block } from '../chain/history.ts'
import type { Metrics } from '../metrics.ts'
import { LeaderReplaced, type Leadership } from '../store/leadership.ts'
import type { Store } from '../store/openStore.ts'
import type { Account } from './account.ts'
import { releaseTransaction, reopenTransactions, settleTransaction } from './conclude.ts'
import { feesToReplace } from './fees.ts'
import {
  type Attempt,
  markTransaction,
  nextNonce,
  type OpenTransaction,
  openTransactions,
  writeAttempt,
  writeTransaction,
} from './ledger.ts'
import { outcomesOf, type Receipt } from './outcomes.ts'
import type { Parcel } from './parcel.ts'

/** Blocks after which a transaction that is next in line and not mined is replaced by a dearer one. */
const STUCK_BLOCKS = 3
/** Depth at which another transaction with the same nonce is believed, at least. */
const TAKEN_DEPTH = 2

export interface SenderOptions {
  readonly account: Account
  readonly store: Store
  readonly leadership: Leadership
  /** Address of `Jobs`. */
  readonly jobs: string
  /** Blocks upon a transaction's own before its messages are decided. */
  readonly confirmations: number
  readonly metrics: Metrics
  readonly log: Logger
}

/** A call that fits a transaction. */
export interface Batch {
  readonly parcels: readonly Parcel[]
  readonly data: string
  readonly gasLimit: bigint
}

/**
 * Every transaction is written to the ledger, signed, before the chain hears of it; what the ledger holds and the chain does not is
 * broadcast again, so that a crash at any point neither loses nor doubles anything.
 */
export class Sender {
  readonly #options: SenderOptions

  constructor(options: SenderOptions) {
    this.#options = options
  }

  get address(): string {
    return this.#options.account.address
  }

  /** Native coins of the account. */
  coins(): Promise<number> {
    return this.#options.account.coins()
  }

  /** Looks after what was sent: decides what is deep enough, broadcasts what the chain has lost, replaces what is stuck. */
  async settle(head: Block): Promise<void> {
    const { account, store, leadership, log } = this.#options
    const nonce = await account.nonceAt(head.number)
    const undone = await reopenTransactions(leadership, store, this.address, nonce)
    if (undone > 0) log.warn({ undone, block: head.number }, 'transactions were undone by a deep reorg')
    const open = await openTransactions(store, this.address)
    this.#measure(open, head)
    for (const transaction of open) {
      await this.#lookAfter(transaction, head, nonce)
    }
  }

  /** What transactions that are on their way are about. */
  async onTheWay(): Promise<Set<string>> {
    const open = await openTransactions(this.#options.store, this.address)
    const live = open.filter(({ state }) => state === 'live')
    return new Set(live.flatMap(({ parcels }) => parcels.flatMap(({ subjects }): string[] => JSON.parse(subjects))))
  }

  /** Writes, then broadcasts a batch. */
  async send({ parcels, data, gasLimit }: Batch, head: Block): Promise<void> {
    const { account, leadership, metrics, log } = this.#options
    const nonce = await this.#takeNonce(head)
    const attempt = await account.sign({ nonce, data, gasLimit }, await account.fees(), head)
    const transaction = { account: this.address, nonce, data, gas_limit: Number(gasLimit) }
    await writeTransaction(leadership, transaction, attempt, parcels)
    log.info({ hash: attempt.hash, nonce, kind: parcels[0]?.kind, items: parcels.length }, 'transaction written')
    metrics.batches.inc({ kind: parcels[0]?.kind ?? 'none' })
    await this.#broadcast(attempt)
  }

  #measure(open: readonly OpenTransaction[], head: Block): void {
    const { metrics } = this.#options
    const live = open.filter(({ state }) => state === 'live').map(({ attempts }) => attempts.at(-1)?.signed_at_block)
    metrics.pending.set(open.length)
    metrics.pendingAge.set(Math.max(0, ...live.map((block) => head.number - (block ?? head.number))))
  }

  async #lookAfter(transaction: OpenTransaction, head: Block, nonce: number): Promise<void> {
    const { account, leadership, confirmations } = this.#options
    const receipt = await account.receiptOf(transaction.attempts)
    if (receipt === undefined) {
      if (transaction.nonce < nonce) return this.#releaseIfTaken(transaction, head)
      await markTransaction(leadership, transaction, 'live')
      return this.#pushOn(transaction, head, nonce)
    }
    const depth = head.number - Number(receipt.blockNumber)
    // A block that was not followed yet has not happened yet.
    if (depth < 0) return
    if (depth < confirmations) return markTransaction(leadership, transaction, 'mined')
    await this.#conclude(transaction, receipt)
  }

  async #conclude(transaction: OpenTransaction, receipt: Receipt): Promise<void> {
    const { leadership, jobs, metrics, log } = this.#options
    const outcomes = outcomesOf(receipt, jobs, transaction.parcels)
    await settleTransaction(leadership, transaction, receipt.transactionHash, outcomes)
    const refused = outcomes.filter(({ kind }) => kind !== 'final').length
    log.info({ hash: receipt.transactionHash, nonce: transaction.nonce, refused }, 'transaction settled')
    const [kind] = transaction.parcels.map((parcel) => parcel.kind)
    if (kind !== undefined) metrics.gasPerItem.observe({ kind }, Number(receipt.gasUsed) / transaction.parcels.length)
  }

  async #releaseIfTaken(transaction: OpenTransaction, head: Block): Promise<void> {
    const { account, leadership, confirmations, log } = this.#options
    const deep = Math.max(head.number - Math.max(confirmations, TAKEN_DEPTH), 0)
    if (transaction.nonce >= (await account.nonceAt(deep))) return
    await releaseTransaction(leadership, transaction)
    log.warn({ nonce: transaction.nonce }, 'another transaction has the nonce; is the key in use elsewhere?')
  }

  async #pushOn(transaction: OpenTransaction, head: Block, nonce: number): Promise<void> {
    const [newest] = transaction.attempts
    if (newest === undefined) return
    const isStuck = transaction.nonce === nonce && head.number - newest.signed_at_block >= STUCK_BLOCKS
    if (isStuck) return this.#replace(transaction, newest, head)
    if (!(await this.#options.account.isKnown(newest))) await this.#broadcast(newest)
  }

  async #replace({ nonce, data, gas_limit, ...rest }: OpenTransaction, former: Attempt, head: Block): Promise<void> {
    const { account, leadership, metrics, log } = this.#options
    const paid = { maxFee: BigInt(former.max_fee), maxTip: BigInt(former.max_tip) }
    const fees = feesToReplace(paid, await account.fees())
    const attempt = await account.sign({ nonce, data, gasLimit: BigInt(gas_limit) }, fees, head)
    await writeAttempt(leadership, { nonce, ...rest }, attempt)
    log.warn({ hash: attempt.hash, nonce, maxFee: attempt.max_fee }, 'stuck transaction replaced')
    metrics.replaced.inc()
    await this.#broadcast(attempt)
  }

  /** What the ledger holds is sent by the leader alone: one that was stopped meanwhile leaves it to the next. */
  async #broadcast(attempt: Attempt): Promise<void> {
    const { account, leadership } = this.#options
    if (!leadership.leadsAt(performance.now())) throw new LeaderReplaced(leadership.epoch ?? 0)
    await account.broadcast(attempt)
  }

  async #takeNonce(head: Block): Promise<number> {
    const { account, store } = this.#options
    const next = await nextNonce(store, this.address)
    return next === undefined ? account.nonceAt('pending') : Math.max(next, await account.nonceAt(head.number))
  }
}
