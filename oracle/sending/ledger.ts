import type { Selectable } from 'kysely'
import type { Message } from '../messages.ts'
import type { Leadership } from '../store/leadership.ts'
import type { Store } from '../store/openStore.ts'
import type { AttemptsTable, ParcelsTable, TransactionsTable } from '../store/tables.ts'
import { changeMessage } from './changeMessage.ts'
import type { Parcel } from './parcel.ts'

export type Attempt = Omit<Selectable<AttemptsTable>, 'account' | 'nonce'>
export type CarriedParcel = Selectable<ParcelsTable>

/** A transaction that is not settled, with every signed version of it (newest first) and what it carries. */
export interface OpenTransaction extends Selectable<TransactionsTable> {
  readonly attempts: readonly Attempt[]
  readonly parcels: readonly CarriedParcel[]
}

/** The next nonce of an account that the ledger has not given away; undefined for an empty ledger. */
export async function nextNonce(store: Store, account: string): Promise<number | undefined> {
  const row = await store
    .selectFrom('transactions')
    .select((select) => select.fn.max('nonce').as('last'))
    .where('account', '=', account)
    .executeTakeFirst()
  return typeof row?.last === 'number' ? row.last + 1 : undefined
}

/** Writes a signed transaction with what it carries, before anybody else sees it. */
export async function writeTransaction(
  leadership: Leadership,
  transaction: Omit<Selectable<TransactionsTable>, 'state'>,
  attempt: Attempt,
  parcels: readonly Parcel[],
): Promise<void> {
  const { account, nonce } = transaction
  await leadership.write(async (write) => {
    await write
      .insertInto('transactions')
      .values({ ...transaction, state: 'live' })
      .execute()
    await write
      .insertInto('attempts')
      .values({ account, nonce, ...attempt })
      .execute()
    for (const [position, { kind, key, subjects, shared }] of parcels.entries()) {
      const row = { account, nonce, position, kind, key, subjects: JSON.stringify([...subjects, ...shared]) }
      await write.insertInto('parcels').values(row).execute()
      await write
        .updateTable('messages')
        .set({ state: 'sent', transaction_hash: attempt.hash })
        .where('key', '=', key)
        .where('kind', '=', kind as Message['kind'])
        .where('state', '=', 'stored')
        .execute()
    }
  })
}

/** Writes another signed version of a transaction, before anybody else sees it. */
export async function writeAttempt(
  leadership: Leadership,
  { account, nonce, parcels }: Pick<OpenTransaction, 'account' | 'nonce' | 'parcels'>,
  attempt: Attempt,
): Promise<void> {
  await leadership.write(async (write) => {
    await write
      .insertInto('attempts')
      .values({ account, nonce, ...attempt })
      .execute()
    for (const parcel of parcels) await changeMessage(write, parcel, { transaction_hash: attempt.hash })
  })
}

/** The transactions of an account that are not settled, by nonce. */
export async function openTransactions(store: Store, account: string): Promise<readonly OpenTransaction[]> {
  const open = await store
    .selectFrom('transactions')
    .selectAll()
    .where('account', '=', account)
    .where('state', 'in', ['live', 'mined'])
    .orderBy('nonce')
    .execute()
  if (open.length === 0) return []
  const nonces = open.map(({ nonce }) => nonce)
  const attempts = await store
    .selectFrom('attempts')
    .selectAll()
    .where('account', '=', account)
    .where('nonce', 'in', nonces)
    .execute()
  const parcels = await store
    .selectFrom('parcels')
    .selectAll()
    .where('account', '=', account)
    .where('nonce', 'in', nonces)
    .orderBy('position')
    .execute()
  attempts.sort((left, right) => (BigInt(left.max_fee) > BigInt(right.max_fee) ? -1 : 1))
  return open.map((transaction) => ({
    ...transaction,
    attempts: attempts.filter(({ nonce }) => nonce === transaction.nonce),
    parcels: parcels.filter(({ nonce }) => nonce === transaction.nonce),
  }))
}

/** Notes that a transaction is mined, or on its way again. */
export async function markTransaction(
  leadership: Leadership,
  { account, nonce, state: former }: OpenTransaction,
  state: 'live' | 'mined',
): Promise<void> {
  if (state === former) return
  await leadership.write((write) =>
    write
      .updateTable('transactions')
      .set({ state })
      .where('account', '=', account)
      .where('nonce', '=', nonce)
      .execute(),
  )
}
