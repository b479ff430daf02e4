import { type JsonRpcProvider, Transaction, toQuantity, type Wallet } from 'ethers'
import type { Logger } from 'pino'
import type { Block } from '../chain/history.ts'
import { type Fees, feesFor } from './fees.ts'
import type { Attempt } from './ledger.ts'
import type { Receipt } from './outcomes.ts'

export interface AccountOptions {
  readonly node: JsonRpcProvider
  readonly wallet: Wallet
  readonly chainId: number
  /** Address of `Jobs`, which every transaction goes to. */
  readonly jobs: string
  readonly log: Logger
}

/** What is signed: a call of `Jobs` under a nonce. */
export interface Call {
  readonly nonce: number
  readonly data: string
  readonly gasLimit: bigint
}

/** The account that sends: it signs, broadcasts, and asks the chain about what it sent. */
export class Account {
  readonly #options: AccountOptions

  constructor(options: AccountOptions) {
    this.#options = options
  }

  get address(): string {
    return this.#options.wallet.address
  }

  /** Signs a version of a call. Nobody sees it yet. */
  async sign(call: Call, { maxFee, maxTip }: Fees, head: Block): Promise<Attempt> {
    const { wallet, chainId, jobs } = this.#options
    const fees = { maxFeePerGas: maxFee, maxPriorityFeePerGas: maxTip }
    const raw = await wallet.signTransaction({ ...call, ...fees, type: 2, to: jobs, chainId })
    const { hash } = Transaction.from(raw)
    if (hash === null) throw new Error('A signed transaction has a hash')
    return { hash, raw, max_fee: `${maxFee}`, max_tip: `${maxTip}`, signed_at_block: head.number }
  }

  /** Shows a signed transaction to the chain. Whether the chain has taken it is found out later. */
  async broadcast({ raw, hash }: Attempt): Promise<void> {
    try {
      await this.#options.node.send('eth_sendRawTransaction', [raw])
    } catch (cause) {
      this.#options.log.warn({ hash, cause: String(cause) }, 'broadcast failed')
    }
  }

  /** What the chain asks for now. */
  async fees(): Promise<Fees> {
    const { node } = this.#options
    const [block, tip]: [{ baseFeePerGas: string }, string] = await Promise.all([
      node.send('eth_getBlockByNumber', ['latest', false]),
      node.send('eth_maxPriorityFeePerGas', []),
    ])
    return feesFor(BigInt(block.baseFeePerGas), BigInt(tip))
  }

  /** Native coins that the account has. */
  async coins(): Promise<number> {
    return Number(await this.#options.node.send('eth_getBalance', [this.address, 'latest'])) / 1e18
  }

  /** How many transactions of the account the chain holds as of a block: the next nonce. */
  async nonceAt(block: number | 'pending'): Promise<number> {
    const tag = block === 'pending' ? block : toQuantity(block)
    return Number(await this.#options.node.send('eth_getTransactionCount', [this.address, tag]))
  }

  /** The receipt of whichever version was mined; undefined where none was. */
  async receiptOf(attempts: readonly Attempt[]): Promise<Receipt | undefined> {
    for (const { hash } of attempts) {
      const receipt: Receipt | null = await this.#options.node.send('eth_getTransactionReceipt', [hash])
      if (receipt !== null && receipt.blockNumber !== null) return receipt
    }
    return undefined
  }

  /** Whether the node has heard of a transaction. */
  async isKnown({ hash }: Attempt): Promise<boolean> {
    const known: unknown = await this.#options.node.send('eth_getTransactionByHash', [hash])
    return known !== null
  }
}
