import type { Selectable, Transaction } from 'kysely'
import { canonicalJson } from '../canonicalJson.ts'
import { type DepositPermit, type Message, messageSchema } from '../messages.ts'
import type { Refusal } from '../refusal.ts'
import type { Leadership } from './leadership.ts'
import type { Store } from './openStore.ts'
import type { MessagesTable, Tables } from './tables.ts'

export type StoredMessage = Selectable<MessagesTable>

/** A message to be stored under its key. */
export interface NewMessage {
  readonly key: string
  readonly account: string
  readonly message: Message
}

/** The message with this key; undefined where none was ever accepted. */
export async function findMessage(store: Store, key: string): Promise<StoredMessage | undefined> {
  return store.selectFrom('messages').selectAll().where('key', '=', key).executeTakeFirst()
}

/** Stores a message. One that was refused before is taken up anew; any other stays as it is. */
export async function storeMessage(
  store: Store | Transaction<Tables>,
  { key, account, message }: NewMessage,
  now: number,
): Promise<void> {
  const fresh = {
    payload: canonicalJson(message),
    state: 'stored' as const,
    transaction_hash: null,
    reason_code: null,
    reason_message: null,
    tries: 0,
    stored_at: now,
  }
  await store
    .insertInto('messages')
    .values({ key, kind: message.kind, account, ...fresh })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(fresh).where('messages.state', '=', 'refused'))
    .execute()
}

/** The first messages that wait to be sent, in the order of acceptance. */
export async function waitingMessages(
  store: Store,
  limit: number,
): Promise<readonly { key: string; message: Message }[]> {
  const rows = await store
    .selectFrom('messages')
    .select(['key', 'payload'])
    .where('state', '=', 'stored')
    .orderBy('sequence')
    .limit(limit)
    .execute()
  return rows.map(({ key, payload }) => ({ key, message: messageFrom(payload) }))
}

/** How many messages wait to be sent. */
export async function countWaiting(store: Store): Promise<number> {
  const { waiting } = await store
    .selectFrom('messages')
    .select((select) => select.fn.countAll<number>().as('waiting'))
    .where('state', '=', 'stored')
    .executeTakeFirstOrThrow()
  return waiting
}

/** The permits that an account sent along with requests that are not decided yet. */
export async function openPermitsOf(store: Store, account: string): Promise<readonly DepositPermit[]> {
  const rows = await store
    .selectFrom('messages')
    .select('payload')
    .where('account', '=', account)
    .where('state', 'in', ['stored', 'sent'])
    .where('kind', '=', 'request')
    .orderBy('sequence')
    .execute()
  return rows.flatMap(({ payload }) => {
    const message = messageFrom(payload)
    return message.kind === 'request' && message.permit !== undefined ? [message.permit] : []
  })
}

/** Decides against a message that waits. */
export async function refuseMessage(leadership: Leadership, key: string, reason: Refusal): Promise<void> {
  await leadership.write((write) =>
    write
      .updateTable('messages')
      .set({ state: 'refused', reason_code: reason.code, reason_message: reason.message })
      .where('key', '=', key)
      .where('state', '=', 'stored')
      .execute(),
  )
}

function messageFrom(payload: string): Message {
  return messageSchema.parse(JSON.parse(payload))
}
