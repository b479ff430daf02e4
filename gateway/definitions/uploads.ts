import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from '../../sdk/domain/job.ts'
import { Refusal } from '../refusal.ts'

const UNFINISHED_SECONDS = 24 * 3600

/** What is being uploaded in pieces, one file an account and definition. Sealed bytes, as everything that comes in. */
export class Uploads {
  readonly #directory: string

  private constructor(directory: string) {
    this.#directory = directory
  }

  /** Opens a folder, which is made where it is missing, and forgets what nobody went on with for a day. `now` in unix seconds. */
  static async open(directory: string, now: number): Promise<Uploads> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    for (const file of await readdir(directory)) {
      const { mtimeMs } = await stat(join(directory, file))
      if (mtimeMs / 1000 < now - UNFINISHED_SECONDS) await rm(join(directory, file), { force: true })
    }
    return new Uploads(directory)
  }

  /** Bytes that are here. */
  async offset(account: Hex, id: Hex): Promise<number> {
    const found = await stat(this.#path(account, id)).catch(undefinedWhereMissing)
    return found?.size ?? 0
  }

  /** Adds a piece where the last one ended; returns the new end. Throws Refusal UPLOAD_OFFSET_WRONG or DEFINITION_TOO_LARGE. */
  async append(account: Hex, id: Hex, offset: number, piece: Uint8Array, limitBytes: number): Promise<number> {
    if (offset + piece.length > limitBytes) throw new Refusal('DEFINITION_TOO_LARGE')
    if ((await this.offset(account, id)) !== offset) throw new Refusal('UPLOAD_OFFSET_WRONG')
    await using file = await open(this.#path(account, id), offset === 0 ? 'w' : 'r+', 0o600)
    // At its place, so that the same piece sent twice at once is there once.
    await file.write(piece, 0, piece.length, offset)
    await file.sync()
    return offset + piece.length
  }

  /** Everything that is here; undefined where there is nothing. */
  async read(account: Hex, id: Hex): Promise<Uint8Array | undefined> {
    return readFile(this.#path(account, id)).catch(undefinedWhereMissing)
  }

  async forget(account: Hex, id: Hex): Promise<void> {
    await rm(this.#path(account, id), { force: true })
  }

  #path(account: Hex, id: Hex): string {
    return join(this.#directory, `${account.toLowerCase()}-${id}`)
  }
}

function undefinedWhereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw error
}
