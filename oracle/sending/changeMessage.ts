import type { Transaction, Updateable } from 'kysely'
import type { Message } from '../messages.ts'
import type { MessagesTable, ParcelsTable, Tables } from '../store/tables.ts'

/**
 * Changes the message behind a parcel, if its last transaction is the one that the parcel lies in: a message that was taken into another
 * one since is decided there. An act of the oracle has no message.
 */
export async function changeMessage(
  write: Transaction<Tables>,
  { account, nonce, key, kind }: Pick<ParcelsTable, 'account' | 'nonce' | 'key' | 'kind'>,
  change: Updateable<MessagesTable>,
): Promise<void> {
  const versions = write.selectFrom('attempts').select('hash').where('account', '=', account).where('nonce', '=', nonce)
  await write
    .updateTable('messages')
    .set(change)
    .where('key', '=', key)
    .where('kind', '=', kind as Message['kind'])
    .where('transaction_hash', 'in', versions)
    .execute()
}
