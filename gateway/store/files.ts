import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = /^0x[0-9a-f]{64}(-\d{1,2})?$/
const DRAFT = '.tmp'

/** Files of one kind in one directory, under names that are hashes. Each is there whole or not at all, whatever crashes when. */
export interface Files {
  write(name: string, bytes: Uint8Array): Promise<void>
  read(name: string): Promise<Buffer | undefined>
  has(name: string): Promise<boolean>
}

/** Opens a directory of files, makes it where it is missing, and removes what a crash left half-written. */
export async function openFiles(directory: string): Promise<Files> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const drafts = (await readdir(directory)).filter((file) => file.endsWith(DRAFT))
  await Promise.all(drafts.map((file) => rm(join(directory, file))))
  return {
    async write(name, bytes) {
      const path = pathOf(directory, name)
      const draft = join(directory, `${randomUUID()}${DRAFT}`)
      await using file = await open(draft, 'wx', 0o600)
      await writeAndSync(file, bytes)
      await rename(draft, path)
      await using parent = await open(directory)
      await parent.sync()
    },
    read: (name) => readFile(pathOf(directory, name)).catch(undefinedWhereMissing),
    async has(name) {
      return (await stat(pathOf(directory, name)).catch(undefinedWhereMissing)) !== undefined
    },
  }
}

async function writeAndSync(file: FileHandle, bytes: Uint8Array): Promise<void> {
  await file.writeFile(bytes)
  await file.sync()
}

/** The last line of defence: whoever asks, no other name ever becomes a path. */
function pathOf(directory: string, name: string): string {
  if (!NAME.test(name)) throw new RangeError('the name of a stored file must be a hash')
  return join(directory, name)
}

function undefinedWhereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw error
}
