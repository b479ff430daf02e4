import { EventEmitter } from 'node:events'
import type { Hex } from '../../sdk/domain/job.ts'
import {
  chunkHeader,
  chunkOf,
  continues,
  headAfter,
  type LogChunk,
  type LogHead,
  logStart,
} from '../../sdk/gateway/logChain.ts'
import type { Blobs } from '../blobs/blobs.ts'
import type { Records } from '../records/openRecords.ts'
import type { ChunksTable } from '../records/tables.ts'
import { Refusal } from '../refusal.ts'
import { Committer } from './committer.ts'
import { LRU } from './lru.ts'
import { Packer } from './packer.ts'

/** Executions whose state is remembered without asking the records. */
const REMEMBERED = 10_000
const CHUNKS_AT_ONCE = 64

/** What is known of a log. */
export interface LogState {
  readonly head: LogHead
  /** Text of the manifest that closed it. */
  readonly manifest: string | undefined
}

/** Logs of executions, `<job id>-<attempt>`: appended by one writer each, read by many. */
export class LogStore {
  readonly #records: Records
  readonly #committer: Committer
  readonly #packer: Packer
  readonly #limitBytes: number
  readonly #states = new LRU<LogState>(REMEMBERED)
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #news = new EventEmitter().setMaxListeners(0)

  constructor(records: Records, blobs: Blobs, limitBytes: number, onPackFailed: (error: unknown) => void) {
    this.#records = records
    this.#committer = new Committer(records)
    this.#packer = new Packer(records, blobs, onPackFailed)
    this.#limitBytes = limitBytes
  }

  /**
   * Adds chunks that come next; those that are there already are passed over. Returns once they are on the disk.
   *
   * @throws Refusal LOG_BEHIND, LOG_CONFLICT, LOG_BROKEN, LOG_FULL or LOG_CLOSED
   */
  append(execution: string, chunks: readonly LogChunk[]): Promise<LogState> {
    return this.#inTurn(execution, async () => {
      const before = await this.state(execution)
      const added: LogChunk[] = []
      let { head } = before
      for (const chunk of chunks) {
        if (chunk.seq < head.seq) {
          await this.#checkSame(execution, chunk, head, added)
          continue
        }
        if (before.manifest !== undefined) throw new Refusal('LOG_CLOSED')
        if (chunk.seq > head.seq) throw new Refusal('LOG_BEHIND', undefined, { next: head.seq })
        if (!(await continues(head, chunk))) throw new Refusal('LOG_BROKEN')
        head = headAfter(head, chunk)
        if (head.bytes > this.#limitBytes) throw new Refusal('LOG_FULL')
        added.push(chunk)
      }
      if (added.length === 0) return before
      return this.#commit(execution, { head, manifest: undefined }, added)
    })
  }

  /** Closes a log with its manifest. Throws Refusal LOG_BEHIND where chunks are missing, LOG_CONFLICT where it was closed otherwise. */
  close(execution: string, chunks: number, head: Hex, manifest: string): Promise<LogState> {
    return this.#inTurn(execution, async () => {
      const before = await this.state(execution)
      if (before.manifest === manifest) return before
      if (before.head.seq < chunks) throw new Refusal('LOG_BEHIND', undefined, { next: before.head.seq })
      const isOther = before.manifest !== undefined || before.head.seq > chunks || before.head.hash !== head
      if (isOther) throw new Refusal('LOG_CONFLICT')
      return this.#commit(execution, { head: before.head, manifest }, [])
    })
  }

  /** Where a log has come to; at its start where nothing came yet. */
  async state(execution: string): Promise<LogState> {
    const known = this.#states.get(execution)
    if (known !== undefined) return known
    const row = await this.#records.selectFrom('logs').selectAll().where('execution', '=', execution).executeTakeFirst()
    const start = await logStart(execution)
    const head =
      row === undefined
        ? start
        : { seq: row.next_seq, line: Number(row.lines), bytes: Number(row.bytes), hash: row.head as Hex }
    return this.#remember(execution, { head, manifest: row?.manifest ?? undefined })
  }

  /** Some chunks from one on, in order; none where there is no more yet. */
  async chunks(execution: string, fromSeq: number): Promise<readonly LogChunk[]> {
    const rows = await this.#records
      .selectFrom('chunks')
      .selectAll()
      .where('execution', '=', execution)
      .where('seq', '>=', fromSeq)
      .orderBy('seq')
      .limit(CHUNKS_AT_ONCE)
      .execute()
    return Promise.all(rows.map(async (row) => chunkOf(row.header, await this.#packer.bodyOf(row))))
  }

  /** Number of the chunk that holds the first byte of a line, or would hold it. */
  async seqOfLine(execution: string, line: number): Promise<number> {
    if (line === 0) return 0
    const row = await this.#records
      .selectFrom('chunks')
      .select('seq')
      .where('execution', '=', execution)
      .where('first_line', '<', line)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row?.seq ?? 0
  }

  /** Resolves when something is appended, the log is closed, or the signal is given. */
  async news(execution: string, since: LogState, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    this.#news.once(execution, wake)
    signal.addEventListener('abort', wake, { once: true })
    const now = await this.state(execution)
    if (now.head.seq === since.head.seq && now.manifest === since.manifest) await promise
    this.#news.off(execution, wake)
    signal.removeEventListener('abort', wake)
  }

  /** Resolves once everything that was taken is written. */
  async settled(): Promise<void> {
    await this.#committer.settled()
    await this.#packer.settled()
  }

  async #commit(execution: string, state: LogState, added: readonly LogChunk[]): Promise<LogState> {
    const { head, manifest = null } = state
    const progress = { next_seq: head.seq, lines: head.line, bytes: head.bytes, head: head.hash }
    const log = { execution, ...progress, manifest }
    try {
      await this.#committer.add({ log, chunks: added.map((chunk) => rowOf(execution, chunk)) })
    } catch (error) {
      this.#states.delete(execution)
      throw error
    }
    this.#remember(execution, state)
    this.#news.emit(execution)
    this.#packer.added(execution, added, manifest !== null)
    return state
  }

  /** What was sent again must be what was sent before. */
  async #checkSame(execution: string, chunk: LogChunk, head: LogHead, added: readonly LogChunk[]): Promise<void> {
    if (chunk.seq === head.seq - 1 && chunk.hash === head.hash) return
    if (added.length > 0) throw new Refusal('LOG_CONFLICT')
    const row = await this.#records
      .selectFrom('chunks')
      .select('header')
      .where('execution', '=', execution)
      .where('seq', '=', chunk.seq)
      .executeTakeFirst()
    if (row?.header !== chunkHeader(chunk)) throw new Refusal('LOG_CONFLICT')
  }

  #remember(execution: string, state: LogState): LogState {
    this.#states.set(execution, state)
    return state
  }

  /** One change of a log after the other. */
  async #inTurn<Result>(execution: string, change: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(execution)
    const turn = (before ?? Promise.resolve()).then(change, change)
    this.#turns.set(execution, turn)
    try {
      return await turn
    } finally {
      if (this.#turns.get(execution) === turn) this.#turns.delete(execution)
    }
  }
}

function rowOf(execution: string, chunk: LogChunk): ChunksTable {
  const { seq, line, lines, body } = chunk
  const place = { execution, seq, header: chunkHeader(chunk), first_line: line, lines, bytes: body.length }
  return { ...place, body, pack: null, pack_offset: null }
}
