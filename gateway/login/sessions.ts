import { createHash, randomBytes } from 'node:crypto'
import type { Hex } from '../../sdk/domain/job.ts'
import type { Records } from '../records/openRecords.ts'

const SESSION_SECONDS = 3600
const FORGET_EVERY_SECONDS = 60
/** Tokens that are remembered without asking the records again. */
const REMEMBERED = 10_000

/** A login that was granted. */
export interface Session {
  readonly token: string
  readonly account: Hex
  /** Unix seconds. */
  readonly expiresAt: number
}

type Known = Omit<Session, 'token'>

/** Who is logged in. The records keep hashes of tokens alone, so that whoever reads them can be nobody. Times are unix seconds. */
export class Sessions {
  readonly #records: Records
  readonly #known = new Map<string, Known>()
  #forgetAt = 0

  constructor(records: Records) {
    this.#records = records
  }

  /** Grants a login against a nonce; undefined where the nonce was spent before. */
  async open(account: Hex, nonce: string, nonceEndsAt: number, now: number): Promise<Session | undefined> {
    await this.#forget(now)
    const spent = { nonce, expires_at: nonceEndsAt }
    const token = randomBytes(32).toString('base64url')
    const expiresAt = now + SESSION_SECONDS
    const isNew = await this.#records.transaction().execute(async (trx) => {
      const inserted = await trx
        .insertInto('spent_nonces')
        .values(spent)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (inserted.numInsertedOrUpdatedRows !== 1n) return false
      await trx
        .insertInto('sessions')
        .values({ token_hash: hashOf(token), account, expires_at: expiresAt })
        .execute()
      return true
    })
    return isNew ? { token, account, expiresAt } : undefined
  }

  /** Whose token this is; undefined where it is nobody's, or no longer. */
  async accountOf(token: string, now: number): Promise<Hex | undefined> {
    const key = hashOf(token)
    const known = this.#known.get(key) ?? (await this.#find(key))
    return known !== undefined && known.expiresAt > now ? known.account : undefined
  }

  async close(token: string): Promise<void> {
    this.#known.delete(hashOf(token))
    await this.#records.deleteFrom('sessions').where('token_hash', '=', hashOf(token)).execute()
  }

  async #find(key: string): Promise<Known | undefined> {
    const row = await this.#records
      .selectFrom('sessions')
      .select(['account', 'expires_at'])
      .where('token_hash', '=', key)
      .executeTakeFirst()
    if (row === undefined) return undefined
    const known = { account: row.account as Hex, expiresAt: Number(row.expires_at) }
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(key, known)
    return known
  }

  /** A nonce that has ended is refused for that, so it need not be remembered. */
  async #forget(now: number): Promise<void> {
    if (now < this.#forgetAt) return
    this.#forgetAt = now + FORGET_EVERY_SECONDS
    for (const [key, { expiresAt }] of this.#known) if (expiresAt <= now) this.#known.delete(key)
    await this.#records.deleteFrom('spent_nonces').where('expires_at', '<', now).execute()
    await this.#records.deleteFrom('sessions').where('expires_at', '<', now).execute()
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
