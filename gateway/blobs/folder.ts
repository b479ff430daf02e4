import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Blobs, checkKey } from './blobs.ts'

const DRAFTS = '.drafts'

/** Blobs as files of one folder, which is made where it is missing. What a crash left half-written is removed. */
export async function openFolder(directory: string): Promise<Blobs> {
  const drafts = join(directory, DRAFTS)
  await mkdir(drafts, { recursive: true, mode: 0o700 })
  await Promise.all((await readdir(drafts)).map((file) => rm(join(drafts, file))))
  const pathOf = (key: string): string => join(directory, checkKey(key))
  return {
    async write(key, bytes) {
      const path = pathOf(key)
      const draft = join(drafts, randomUUID())
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await using file = await open(draft, 'wx', 0o600)
      await writeAndSync(file, bytes)
      await rename(draft, path)
      // The name of the file, and that of a directory that was made for it.
      await syncDirectory(dirname(path))
      await syncDirectory(dirname(dirname(path)))
    },
    read: async (key) => readFile(pathOf(key)).catch(undefinedWhereMissing),
    has: async (key) => (await stat(pathOf(key)).catch(undefinedWhereMissing)) !== undefined,
    remove: async (key) => rm(pathOf(key), { force: true }),
  }
}

async function writeAndSync(file: FileHandle, bytes: Uint8Array): Promise<void> {
  await file.writeFile(bytes)
  await file.sync()
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path)
  await directory.sync()
}

function undefinedWhereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw error
}
