import { deserialize, serialize } from 'node:v8'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Checkpoint } from '../chain/follower.ts'
import type { Leadership } from './leadership.ts'
import type { Store } from './openStore.ts'

/** Counts the shapes of the reduced state, and what it is reduced to. One of another shape is not read: the chain tells it again. */
const SHAPE = 1

/** Writes the state at a block down in place of the former one, so that the next start need not read the chain from its beginning. */
export async function writeCheckpoint(leadership: Leadership, { number, hash, state }: Checkpoint): Promise<void> {
  const row = { shape: SHAPE, block: number, hash, state: zstdCompressSync(serialize(state)).toString('base64') }
  await leadership.write(async (write) => {
    await write.deleteFrom('checkpoints').execute()
    await write.insertInto('checkpoints').values(row).execute()
  })
}

/** The state that was written down last; undefined where there is none that can be read. */
export async function readCheckpoint(store: Store): Promise<Checkpoint | undefined> {
  const row = await store.selectFrom('checkpoints').selectAll().where('shape', '=', SHAPE).executeTakeFirst()
  if (row === undefined) return undefined
  const state: Checkpoint['state'] = deserialize(zstdDecompressSync(Buffer.from(row.state, 'base64')))
  return { number: row.block, hash: row.hash as Checkpoint['hash'], state }
}
