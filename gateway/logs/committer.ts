import type { Records } from '../records/openRecords.ts'
import type { ChunksTable, LogsTable } from '../records/tables.ts'

/** What one append adds. */
export interface Addition {
  readonly log: LogsTable
  readonly chunks: readonly ChunksTable[]
}

interface Waiting {
  readonly addition: Addition
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Rows of one statement: the databases bound how many values it may have. */
const ROWS_AT_ONCE = 500

/** Writes what many executions append in one transaction after the other, so that the disk is waited for once for all of them. */
export class Committer {
  readonly #records: Records
  #waiting: Waiting[] = []
  #working: Promise<void> | undefined

  constructor(records: Records) {
    this.#records = records
  }

  /** Resolves once the addition is on the disk. */
  add(addition: Addition): Promise<void> {
    const done = new Promise<void>((resolve, reject) => this.#waiting.push({ addition, resolve, reject }))
    this.#working ??= this.#work()
    return done
  }

  /** Resolves once nothing waits. */
  async settled(): Promise<void> {
    await this.#working
  }

  async #work(): Promise<void> {
    // A turn of the event loop lets those that came together go together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0)
      try {
        await this.#write(batch.map(({ addition }) => addition))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#working = undefined
  }

  async #write(additions: readonly Addition[]): Promise<void> {
    const rows = additions.flatMap(({ chunks }) => chunks)
    // Of one execution the last state counts.
    const logs = [...new Map(additions.map(({ log }) => [log.execution, log])).values()]
    await this.#records.transaction().execute(async (trx) => {
      for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
        await trx
          .insertInto('chunks')
          .values(rows.slice(at, at + ROWS_AT_ONCE))
          .execute()
      }
      for (let at = 0; at < logs.length; at += ROWS_AT_ONCE) {
        await trx
          .insertInto('logs')
          .values(logs.slice(at, at + ROWS_AT_ONCE))
          .onConflict((conflict) =>
            conflict.column('execution').doUpdateSet((update) => ({
              next_seq: update.ref('excluded.next_seq'),
              lines: update.ref('excluded.lines'),
              bytes: update.ref('excluded.bytes'),
              head: update.ref('excluded.head'),
              manifest: update.ref('excluded.manifest'),
            })),
          )
          .execute()
      }
    })
  }
}
