import type { LogChunk } from '../../sdk/gateway/logChain.ts'
import type { Blobs } from '../blobs/blobs.ts'
import type { Records } from '../records/openRecords.ts'
import type { ChunksTable } from '../records/tables.ts'
import { LRU } from './lru.ts'

/** Bytes of loose bodies from which a log is packed. */
const PACK_BYTES = 256 * 1024
const PACKS_REMEMBERED = 32

/** Moves the bodies of chunks out of the records into blobs, many in one: what is new lies in the records, what is old does not fill them. */
export class Packer {
  readonly #records: Records
  readonly #blobs: Blobs
  readonly #onFailed: (error: unknown) => void
  readonly #loose = new Map<string, number>()
  readonly #recent = new LRU<Uint8Array>(PACKS_REMEMBERED)
  #working: Promise<void> = Promise.resolve()

  constructor(records: Records, blobs: Blobs, onFailed: (error: unknown) => void) {
    this.#records = records
    this.#blobs = blobs
    this.#onFailed = onFailed
  }

  /** Counts what was added, and packs it where that is enough, or all that there will be. */
  added(execution: string, chunks: readonly LogChunk[], isClosed: boolean): void {
    const loose = (this.#loose.get(execution) ?? 0) + chunks.reduce((sum, { body }) => sum + body.length, 0)
    this.#loose.set(execution, loose)
    if (loose < PACK_BYTES && !isClosed) return
    this.#loose.delete(execution)
    // One after the other: packing must not take the disk from those who append.
    this.#working = this.#working.then(() => this.#pack(execution)).catch(this.#onFailed)
  }

  /** The body of a chunk, wherever it lies. */
  async bodyOf({ execution, body, bytes, pack, pack_offset: offset }: ChunksTable): Promise<Uint8Array> {
    if (body !== null || pack === null || offset === null) return body ?? new Uint8Array()
    const key = keyOf(execution, pack)
    const blob = this.#recent.get(key) ?? (await this.#blobs.read(key))
    if (blob === undefined) throw new Error(`the pack ${key} of a log is missing`)
    this.#recent.set(key, blob)
    return blob.subarray(offset, offset + bytes)
  }

  settled(): Promise<void> {
    return this.#working
  }

  async #pack(execution: string): Promise<void> {
    const rows = await this.#records
      .selectFrom('chunks')
      .select(['seq', 'body'])
      .where('execution', '=', execution)
      .where('pack', 'is', null)
      .orderBy('seq')
      .execute()
    const [first] = rows
    if (first === undefined) return
    const bodies = rows.map(({ body }) => body ?? new Uint8Array())
    // The blob first: until the rows name it, the bodies are still in them.
    await this.#blobs.write(keyOf(execution, first.seq), Buffer.concat(bodies))
    await this.#records.transaction().execute(async (trx) => {
      let offset = 0
      for (const [at, { seq }] of rows.entries()) {
        await trx
          .updateTable('chunks')
          .set({ body: null, pack: first.seq, pack_offset: offset })
          .where('execution', '=', execution)
          .where('seq', '=', seq)
          .execute()
        offset += bodies[at]?.length ?? 0
      }
    })
  }
}

function keyOf(execution: string, pack: number): string {
  return `logs/${execution}/${pack}`
}
