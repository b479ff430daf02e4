import type { Hex } from '../../sdk/domain/job.ts'
import type { GridClient } from '../../sdk/index.ts'
import { isSame, jobParties } from '../jobParties.ts'
import type { Records } from '../records/openRecords.ts'
import { Refusal } from '../refusal.ts'
import { LRU } from './lru.ts'

const REMEMBERED = 20_000
/** Seconds after which the chain is asked again who signs for a provider: its owner may have named another. */
const SIGNER_SECONDS = 30

interface KnownSigner {
  readonly signer: Hex
  /** Unix seconds. */
  readonly askAgainAt: number
}

/** Who may write and read logs. A job's customer never changes; what else the chain says is remembered for a moment. */
export class LogParties {
  readonly #grid: GridClient
  readonly #records: Records
  readonly #now: () => number
  readonly #customers = new LRU<Hex>(REMEMBERED)
  readonly #signers = new LRU<KnownSigner>(REMEMBERED)

  constructor(grid: GridClient, records: Records, now: () => number) {
    this.#grid = grid
    this.#records = records
    this.#now = now
  }

  /** Throws Refusal NOT_JOB_PROVIDER where the account does not sign for the provider that had the attempt. */
  async checkWriter(account: Hex, id: Hex, attempt: number): Promise<void> {
    const key = `${id}-${attempt}`
    const known = this.#signers.get(key)
    if (known !== undefined && known.askAgainAt > this.#now() && isSame(account, known.signer)) return
    const signer = await (await jobParties(this.#grid, id)).signerOfAttempt(attempt)
    if (signer === undefined || !isSame(account, signer)) throw new Refusal('NOT_JOB_PROVIDER')
    this.#signers.set(key, { signer, askAgainAt: this.#now() + SIGNER_SECONDS })
  }

  /** Throws Refusal NOT_READER where the account is neither the customer nor named by it. */
  async checkReader(account: Hex, id: Hex): Promise<void> {
    if (isSame(account, await this.#customerOf(id))) return
    const named = await this.#records
      .selectFrom('readers')
      .select('account')
      .where('job', '=', id)
      .where('account', '=', account.toLowerCase())
      .executeTakeFirst()
    if (named === undefined) throw new Refusal('NOT_READER')
  }

  /** Throws Refusal NOT_CUSTOMER. */
  async checkCustomer(account: Hex, id: Hex): Promise<void> {
    if (!isSame(account, await this.#customerOf(id))) throw new Refusal('NOT_CUSTOMER')
  }

  async #customerOf(id: Hex): Promise<Hex> {
    const known = this.#customers.get(id)
    if (known !== undefined) return known
    const { customer } = (await jobParties(this.#grid, id)).request
    this.#customers.set(id, customer)
    return customer
  }
}
