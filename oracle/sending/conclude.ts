import type { Transaction } from 'kysely'
import { refusal } from '../refusal.ts'
import type { Leadership } from '../store/leadership.ts'
import type { Store } from '../store/openStore.ts'
import type { Tables } from '../store/tables.ts'
import { changeMessage } from './changeMessage.ts'
import type { OpenTransaction } from './ledger.ts'
import type { Outcome } from './outcomes.ts'

/** Times that a message may come back out of a transaction that reverted. */
const MOST_TRIES = 5
/** Settled transactions whose bytes are kept in case that a deep reorg undoes them. */
const KEPT_NONCES = 1000

/** Settles a transaction that is mined deep enough, and with it every message that it carries. */
export async function settleTransaction(
  leadership: Leadership,
  transaction: OpenTransaction,
  hash: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  await leadership.write(async (write) => {
    await close(write, transaction, 'settled')
    for (const outcome of outcomes) await conclude(write, hash, outcome)
    await prune(write, transaction)
  })
}

/** Gives up a transaction whose nonce another one has: what it carries waits again. */
export async function releaseTransaction(leadership: Leadership, transaction: OpenTransaction): Promise<void> {
  await leadership.write(async (write) => {
    await close(write, transaction, 'taken')
    for (const parcel of transaction.parcels) {
      await changeMessage(write, parcel, { state: 'stored', transaction_hash: null })
    }
  })
}

/** Takes up again what the chain does not hold any more: a nonce that was used is free, and all later ones wait for it. */
export async function reopenTransactions(
  leadership: Leadership,
  store: Store,
  account: string,
  fromNonce: number,
): Promise<number> {
  const isUndone = await store
    .selectFrom('transactions')
    .select('nonce')
    .where('account', '=', account)
    .where('nonce', '>=', fromNonce)
    .where('state', 'in', ['settled', 'taken'])
    .executeTakeFirst()
  return isUndone === undefined ? 0 : leadership.write((write) => reopen(write, account, fromNonce))
}

async function reopen(write: Transaction<Tables>, account: string, fromNonce: number): Promise<number> {
  const undone = await write
    .updateTable('transactions')
    .set({ state: 'live' })
    .where('account', '=', account)
    .where('nonce', '>=', fromNonce)
    .where('state', 'in', ['settled', 'taken'])
    .returning('nonce')
    .execute()
  for (const { nonce } of undone) {
    const carried = write.selectFrom('parcels').selectAll().where('account', '=', account).where('nonce', '=', nonce)
    for (const parcel of await carried.execute()) await changeMessage(write, parcel, { state: 'sent' })
  }
  return undone.length
}

async function close(
  write: Transaction<Tables>,
  { account, nonce }: OpenTransaction,
  state: 'settled' | 'taken',
): Promise<void> {
  await write
    .updateTable('transactions')
    .set({ state })
    .where('account', '=', account)
    .where('nonce', '=', nonce)
    .execute()
}

async function conclude(write: Transaction<Tables>, hash: string, outcome: Outcome): Promise<void> {
  const { parcel } = outcome
  if (outcome.kind === 'again') return sendAgain(write, parcel)
  await changeMessage(write, parcel, {
    state: outcome.kind,
    transaction_hash: hash,
    reason_code: outcome.reason?.code ?? null,
    reason_message: outcome.reason?.message ?? null,
  })
}

async function sendAgain(write: Transaction<Tables>, parcel: Outcome['parcel']): Promise<void> {
  const row = await write.selectFrom('messages').select('tries').where('key', '=', parcel.key).executeTakeFirst()
  const tries = (row?.tries ?? 0) + 1
  if (tries < MOST_TRIES) return changeMessage(write, parcel, { state: 'stored', transaction_hash: null, tries })
  const reason = refusal('NOT_SENDABLE', `Every transaction with it reverted, ${tries} times. Send it anew later.`)
  await changeMessage(write, parcel, {
    state: 'refused',
    reason_code: reason.code,
    reason_message: reason.message,
    tries,
  })
}

async function prune(write: Transaction<Tables>, { account, nonce }: OpenTransaction): Promise<void> {
  for (const table of ['parcels', 'attempts'] as const) {
    await write
      .deleteFrom(table)
      .where('account', '=', account)
      .where('nonce', '<', nonce - KEPT_NONCES)
      .execute()
  }
}
