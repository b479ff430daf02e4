import { canonicalJson } from '../canonicalJson.ts'
import type { Store } from './openStore.ts'

/** A decision of the plan about a job, ready to be shown. */
export interface RememberedDecision {
  readonly id: string
  readonly kind: string
  readonly reason: string
  readonly [fact: string]: unknown
}

/** Remembers the last decision about each job. What did not change since the last plan is not written again. */
export class Decisions {
  readonly #store: Store
  #last: ReadonlyMap<string, string> = new Map()

  constructor(store: Store) {
    this.#store = store
  }

  /** Remembers the decisions of a plan at `block`. */
  async remember(block: number, decisions: readonly RememberedDecision[]): Promise<void> {
    const texts = new Map(decisions.map((decision) => [decision.id, canonicalJson(decision)]))
    const changed = [...texts].filter(([job, text]) => this.#last.get(job) !== text)
    if (changed.length > 0) await this.#write(block, changed)
    this.#last = texts
  }

  async #write(block: number, changed: readonly (readonly [string, string])[]): Promise<void> {
    await this.#store.transaction().execute(async (write) => {
      for (const [job, decision] of changed) {
        const row = { block, decision }
        await write
          .insertInto('decisions')
          .values({ job, ...row })
          .onConflict((conflict) => conflict.column('job').doUpdateSet(row))
          .execute()
      }
    })
  }
}

/** The last decision about a job, and the block at which it was first made; undefined where there was none. */
export async function findDecision(store: Store, job: string): Promise<RememberedDecision | undefined> {
  const row = await store.selectFrom('decisions').selectAll().where('job', '=', job).executeTakeFirst()
  return row === undefined ? undefined : { ...JSON.parse(row.decision), block: row.block }
}
