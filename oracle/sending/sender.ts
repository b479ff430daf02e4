import { type JsonRpcProvider, Transaction, toQuantity, type Wallet } from 'ethers'
import type { Logger } from 'pino'
import type { Block } from '../chain/history.ts'
import type { Store } from '../store/openStore.ts'
import { releaseTransaction, reopenTransactions, settleTransaction } from './conclude.ts'
import { type Fees, feesFor, feesToReplace } from './fees.ts'
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
  readonly node: JsonRpcProvider
  readonly store: Store
  readonly wallet: Wallet
  readonly chainId: number
  /** Address of `Jobs`. */
  readonly jobs: string
  /** Blocks upon a transaction's own before its messages are decided. */
  readonly confirmations: number
  readonly log: Logger
}

/** A call that fits a transaction. */
export interface Batch {
  readonly parcels: readonly Parcel[]
  readonly data: string
  readonly gasLimit: bigint
}

/**
 * The one account that sends. Every transaction is written to the ledger, signed, before the chain hears of it; what the ledger holds
 * and the chain does not is broadcast again, so that a crash at any point neither loses nor doubles anything.
 */
export class Sender {
  readonly #options: SenderOptions

  constructor(options: SenderOptions) {
    this.#options = options
  }

  get address(): string {
    return this.#options.wallet.address
  }

  /** Looks after what was sent: decides what is deep enough, broadcasts what the chain has lost, replaces what is stuck. */
  async settle(head: Block): Promise<void> {
    const { store, log } = this.#options
    const nonce = await this.#nonceAt(head.number)
    const undone = await reopenTransactions(store, this.address, nonce)
    if (undone > 0) log.warn({ undone, block: head.number }, 'transactions were undone by a deep reorg')
    for (const transaction of await openTransactions(store, this.address)) {
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
  async send(batch: Batch, head: Block): Promise<string> {
    const { store, log } = this.#options
    const nonce = await this.#takeNonce(head)
    const attempt = await this.#sign({ nonce, data: batch.data, gasLimit: batch.gasLimit }, await this.#fees(), head)
    const transaction = { account: this.address, nonce, data: batch.data, gas_limit: Number(batch.gasLimit) }
    await writeTransaction(store, transaction, attempt, batch.parcels)
    const [first] = batch.parcels
    log.info({ hash: attempt.hash, nonce, kind: first?.kind, items: batch.parcels.length }, 'transaction written')
    await this.#broadcast(attempt)
    return attempt.hash
  }

  async #lookAfter(transaction: OpenTransaction, head: Block, nonce: number): Promise<void> {
    const { store, confirmations, jobs, log } = this.#options
    const receipt = await this.#receiptOf(transaction)
    if (receipt === undefined) {
      if (transaction.nonce < nonce) return this.#releaseIfTaken(transaction, head)
      await markTransaction(store, transaction, 'live')
      return this.#pushOn(transaction, head, nonce)
    }
    const depth = head.number - Number(receipt.blockNumber)
    // A block that was not followed yet has not happened yet.
    if (depth < 0) return
    if (depth < confirmations) return markTransaction(store, transaction, 'mined')
    const outcomes = outcomesOf(receipt, jobs, transaction.parcels)
    await settleTransaction(store, transaction, receipt.transactionHash, outcomes)
    const refused = outcomes.filter(({ kind }) => kind !== 'final').length
    log.info({ hash: receipt.transactionHash, nonce: transaction.nonce, refused }, 'transaction settled')
  }

  async #receiptOf({ attempts }: OpenTransaction): Promise<Receipt | undefined> {
    for (const { hash } of attempts) {
      const receipt: Receipt | null = await this.#options.node.send('eth_getTransactionReceipt', [hash])
      if (receipt !== null && receipt.blockNumber !== null) return receipt
    }
    return undefined
  }

  async #releaseIfTaken(transaction: OpenTransaction, head: Block): Promise<void> {
    const { store, confirmations, log } = this.#options
    const deep = Math.max(head.number - Math.max(confirmations, TAKEN_DEPTH), 0)
    if (transaction.nonce >= (await this.#nonceAt(deep))) return
    await releaseTransaction(store, transaction)
    log.warn({ nonce: transaction.nonce }, 'another transaction has the nonce; is the key in use elsewhere?')
  }

  async #pushOn(transaction: OpenTransaction, head: Block, nonce: number): Promise<void> {
    const [newest] = transaction.attempts
    if (newest === undefined) return
    const isStuck = transaction.nonce === nonce && head.number - newest.signed_at_block >= STUCK_BLOCKS
    if (isStuck) return this.#replace(transaction, newest, head)
    const known: unknown = await this.#options.node.send('eth_getTransactionByHash', [newest.hash])
    if (known === null) await this.#broadcast(newest)
  }

  async #replace(transaction: OpenTransaction, former: Attempt, head: Block): Promise<void> {
    const { nonce, data, gas_limit } = transaction
    const formerFees = { maxFee: BigInt(former.max_fee), maxTip: BigInt(former.max_tip) }
    const fees = feesToReplace(formerFees, await this.#fees())
    const attempt = await this.#sign({ nonce, data, gasLimit: BigInt(gas_limit) }, fees, head)
    await writeAttempt(this.#options.store, transaction, attempt)
    this.#options.log.warn({ hash: attempt.hash, nonce, maxFee: attempt.max_fee }, 'stuck transaction replaced')
    await this.#broadcast(attempt)
  }

  async #sign(
    call: { readonly nonce: number; readonly data: string; readonly gasLimit: bigint },
    fees: Fees,
    head: Block,
  ): Promise<Attempt> {
    const { wallet, chainId, jobs } = this.#options
    const raw = await wallet.signTransaction({
      ...call,
      type: 2,
      to: jobs,
      chainId,
      maxFeePerGas: fees.maxFee,
      maxPriorityFeePerGas: fees.maxTip,
    })
    const hash = Transaction.from(raw).hash
    if (hash === null) throw new Error('A signed transaction has a hash')
    return { hash, raw, max_fee: `${fees.maxFee}`, max_tip: `${fees.maxTip}`, signed_at_block: head.number }
  }

  async #broadcast({ raw, hash }: Attempt): Promise<void> {
    try {
      await this.#options.node.send('eth_sendRawTransaction', [raw])
    } catch (cause) {
      // It is in the ledger: the next tick finds out whether the chain has it.
      this.#options.log.warn({ hash, cause: String(cause) }, 'broadcast failed')
    }
  }

  async #takeNonce(head: Block): Promise<number> {
    const next = await nextNonce(this.#options.store, this.address)
    if (next === undefined)
      return Number(await this.#options.node.send('eth_getTransactionCount', [this.address, 'pending']))
    return Math.max(next, await this.#nonceAt(head.number))
  }

  async #nonceAt(block: number): Promise<number> {
    return Number(await this.#options.node.send('eth_getTransactionCount', [this.address, toQuantity(block)]))
  }

  async #fees(): Promise<Fees> {
    const { node } = this.#options
    const [block, tip]: [{ baseFeePerGas: string }, string] = await Promise.all([
      node.send('eth_getBlockByNumber', ['latest', false]),
      node.send('eth_maxPriorityFeePerGas', []),
    ])
    return feesFor(BigInt(block.baseFeePerGas), BigInt(tip))
  }
}
