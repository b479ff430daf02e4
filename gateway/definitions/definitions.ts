import { keccak256 } from 'viem'
import type { Hex } from '../../sdk/domain/job.ts'
import { openSealed, passOn, SealBroken, type SealingKey } from '../../sdk/gateway/sealing.ts'
import type { Blobs } from '../blobs/blobs.ts'
import type { Records } from '../records/openRecords.ts'
import { Refusal } from '../refusal.ts'

/** A definition itself, or the secrets of one. */
export type SealedKind = 'definition' | 'secrets'

const FOLDER = { definition: 'definitions', secrets: 'secrets' } as const

/** What the store of definitions is made from. */
export interface DefinitionsOptions {
  readonly records: Records
  readonly blobs: Blobs
  /** The gateway's own key: what customers seal to. */
  readonly key: SealingKey
  /** Bytes that one account may have stored. */
  readonly quotaBytes: number
}

/** Sealed definitions and secrets. What is sealed is opened in memory alone, to check that it can be. Times are unix seconds. */
export class Definitions {
  readonly #options: DefinitionsOptions

  constructor(options: DefinitionsOptions) {
    this.#options = options
  }

  get recipient(): string {
    return this.#options.key.recipient
  }

  /** Stores what is sealed to this gateway, once it is sure that it opens. Throws Refusal NOT_SEALED or QUOTA_EXCEEDED. */
  async put(kind: SealedKind, id: Hex, sealed: Uint8Array, owner: Hex, now: number): Promise<void> {
    const { blobs, key } = this.#options
    await openSealed(sealed, key.identity).catch(refuseBroken)
    await this.#claim(kind, id, sealed.length, owner.toLowerCase(), now)
    await blobs.write(`${FOLDER[kind]}/${id}`, sealed)
  }

  has(kind: SealedKind, id: Hex): Promise<boolean> {
    return this.#options.blobs.has(`${FOLDER[kind]}/${id}`)
  }

  /** The sealed bytes of a definition, which a job asks for. Throws Refusal DEFINITION_NOT_FOUND or DEFINITION_DAMAGED. */
  async read(kind: SealedKind, id: Hex, job: Hex, now: number): Promise<Uint8Array> {
    const { blobs, records } = this.#options
    const sealed = await blobs.read(`${FOLDER[kind]}/${id}`)
    if (sealed === undefined) throw new Refusal(kind === 'secrets' ? 'SECRETS_NOT_FOUND' : 'DEFINITION_NOT_FOUND')
    if (kind === 'definition' && keccak256(sealed) !== id) throw new Refusal('DEFINITION_DAMAGED')
    await records.updateTable('definitions').set({ used_at: now }).where('id', '=', id).execute()
    await records
      .insertInto('definition_jobs')
      .values({ definition: id, job })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return sealed
  }

  /** What lets the recipient open these sealed bytes. Throws Refusal NOT_SEALED. */
  passOn(sealed: Uint8Array, recipient: string): Promise<Uint8Array> {
    return passOn(sealed, this.#options.key.identity, recipient).catch(refuseBroken)
  }

  async remove(id: Hex): Promise<void> {
    const { blobs, records } = this.#options
    // The row goes last: what a crash leaves is found again.
    for (const folder of Object.values(FOLDER)) await blobs.remove(`${folder}/${id}`)
    await records.deleteFrom('definition_jobs').where('definition', '=', id).execute()
    await records.deleteFrom('definitions').where('id', '=', id).execute()
  }

  /** Throws Refusal QUOTA_EXCEEDED where so many bytes more are too many for an account. */
  async checkRoom(account: Hex, bytes: number): Promise<void> {
    const { records, quotaBytes } = this.#options
    const used = await usedBytes(records, account.toLowerCase())
    if (used + bytes > quotaBytes) throw new Refusal('QUOTA_EXCEEDED')
  }

  /** Takes room of the owner's quota. Whoever puts the same again takes it over: it is the last one who wants it kept. */
  async #claim(kind: SealedKind, id: Hex, bytes: number, owner: string, now: number): Promise<void> {
    const { records, quotaBytes } = this.#options
    await records.transaction().execute(async (trx) => {
      if (kind === 'secrets') await checkOwner(trx, id, owner)
      if ((await usedBytes(trx, owner, id, kind)) + bytes > quotaBytes) throw new Refusal('QUOTA_EXCEEDED')
      await trx
        .insertInto('definitions')
        .values({ id, kind, owner, bytes, used_at: now })
        .onConflict((conflict) => conflict.columns(['id', 'kind']).doUpdateSet({ owner, bytes, used_at: now }))
        .execute()
    })
  }
}

/** The id is on chain for all to see, and secrets are not part of what it is the hash of: only who put the definition may change them. */
async function checkOwner(records: Records, id: Hex, owner: string): Promise<void> {
  const rows = await records.selectFrom('definitions').select('owner').where('id', '=', id).execute()
  if (rows.some((row) => row.owner !== owner)) throw new Refusal('NOT_OWNER')
}

/** Bytes that an account has stored, less those that are about to be replaced. */
async function usedBytes(records: Records, owner: string, id = '', kind: SealedKind = 'definition'): Promise<number> {
  const { used } = await records
    .selectFrom('definitions')
    .select((query) => query.fn.sum<number | string | null>('bytes').as('used'))
    .where('owner', '=', owner)
    .where((where) => where.not(where.and({ id, kind })))
    .executeTakeFirstOrThrow()
  return Number(used ?? 0)
}

function refuseBroken(error: unknown): never {
  throw error instanceof SealBroken ? new Refusal('NOT_SEALED', error) : error
}
