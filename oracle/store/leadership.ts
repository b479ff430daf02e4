import type { Transaction } from 'kysely'
import type { Store } from './openStore.ts'
import type { Tables } from './tables.ts'

/** Milliseconds without a beat after which a leader is taken to be gone. */
const PATIENCE_MS = 3_000
/** Milliseconds before that at which a leader itself stops to act. */
const MARGIN_MS = 500

/** What was to be done needs the lead, which another replica has. Nothing was written. */
export class LeaderReplaced extends Error {
  readonly code = 'LEADER_REPLACED'
  override readonly name = 'LeaderReplaced'
  constructor(epoch: number) {
    super(`Another replica leads since epoch ${epoch} ended. This one follows it, and takes over when it falls silent.`)
  }
}

export interface LeadershipOptions {
  readonly store: Store
  /** Names this process; no other ever has the name. */
  readonly holder: string
  /** Whether other processes can reach the store. A store of one process has no other leader to wait for. */
  readonly isShared: boolean
}

/**
 * Elects one of the replicas that share a store. The leader beats; whoever saw no beat for a while by its own monotonic clock takes over
 * under the next epoch. What only the leader may write is written by `write`, in one transaction with the check of its epoch: a leader
 * that was stopped and goes on writes nothing, whatever the clocks say.
 */
export class Leadership {
  readonly #options: LeadershipOptions
  #epoch: number | undefined
  #heldUntil = 0
  #seen: { readonly epoch: number; readonly beats: number; readonly at: number } | undefined

  constructor(options: LeadershipOptions) {
    this.#options = options
  }

  /** The epoch that this replica leads in; undefined where it follows. */
  get epoch(): number | undefined {
    return this.#epoch
  }

  /** Whether this replica leads, and no other can have taken over at `now` (monotonic milliseconds). */
  leadsAt(now: number): boolean {
    return this.#epoch !== undefined && (!this.#options.isShared || now < this.#heldUntil)
  }

  /** Beats as the leader, or takes over from one that fell silent. Call it a few times a second. */
  async campaign(now: number): Promise<boolean> {
    if (this.#epoch !== undefined) await this.#beat(this.#epoch, now)
    else await this.#watch(now)
    return this.#epoch !== undefined
  }

  /** Runs what only the leader may write. Throws LeaderReplaced where another leads; nothing is written then. */
  async write<Result>(body: (write: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    const epoch = this.#epoch
    if (epoch === undefined) throw new LeaderReplaced(this.#seen?.epoch ?? 0)
    return this.#options.store.transaction().execute(async (write) => {
      // The update locks the row: no other can take over until this transaction has ended.
      const { numUpdatedRows } = await beat(write, epoch).executeTakeFirst()
      if (numUpdatedRows === 0n) throw this.#lost(epoch)
      return body(write)
    })
  }

  /** Gives the lead up, so that another replica takes over at once. */
  async release(): Promise<void> {
    const epoch = this.#epoch
    this.#epoch = undefined
    if (epoch === undefined) return
    await this.#options.store.updateTable('leaders').set({ holder: null }).where('epoch', '=', epoch).execute()
  }

  async #beat(epoch: number, now: number): Promise<void> {
    if (!this.#options.isShared) return
    const { numUpdatedRows } = await beat(this.#options.store, epoch).executeTakeFirst()
    if (numUpdatedRows === 0n) this.#lost(epoch)
    else this.#heldUntil = now + PATIENCE_MS - MARGIN_MS
  }

  async #watch(now: number): Promise<void> {
    const { store, holder, isShared } = this.#options
    const leader = await store.selectFrom('leaders').selectAll().executeTakeFirstOrThrow()
    const isNew = this.#seen?.epoch !== leader.epoch || this.#seen.beats !== leader.beats
    if (isNew || this.#seen === undefined) this.#seen = { epoch: leader.epoch, beats: leader.beats, at: now }
    if (isShared && leader.holder !== null && now - this.#seen.at < PATIENCE_MS) return
    const epoch = leader.epoch + 1
    const { numUpdatedRows } = await store
      .updateTable('leaders')
      .set({ epoch, holder, beats: 0 })
      .where('epoch', '=', leader.epoch)
      .where('beats', '=', leader.beats)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    this.#epoch = epoch
    this.#heldUntil = now + PATIENCE_MS - MARGIN_MS
  }

  #lost(epoch: number): LeaderReplaced {
    if (this.#epoch === epoch) this.#epoch = undefined
    return new LeaderReplaced(epoch)
  }
}

function beat(write: Store | Transaction<Tables>, epoch: number) {
  return write
    .updateTable('leaders')
    .set((row) => ({ beats: row('beats', '+', 1) }))
    .where('epoch', '=', epoch)
}
