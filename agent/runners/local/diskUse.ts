import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Each file costs at least this much, so that a million empty ones count too. */
const LEAST_BYTES = 4096
const BLOCK_BYTES = 512

/**
 * Bytes on disk of everything below the directories, and of files that the processes hold open after they were removed. Stops
 * counting beyond the limit. What goes away meanwhile counts for nothing.
 */
export async function diskUse(
  directories: readonly string[],
  pids: readonly number[],
  limitBytes: number,
): Promise<number> {
  let total = 0
  const waiting = [...directories]
  for (let directory = waiting.pop(); directory !== undefined && total <= limitBytes; directory = waiting.pop()) {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) waiting.push(path)
      total += Math.max(((await lstat(path).catch(() => undefined))?.blocks ?? 0) * BLOCK_BYTES, LEAST_BYTES)
      if (total > limitBytes) break
    }
  }
  return total + (await removedButOpen(pids))
}

async function removedButOpen(pids: readonly number[]): Promise<number> {
  const seen = new Map<string, number>()
  for (const pid of pids) {
    const directory = `/proc/${pid}/fd`
    for (const descriptor of await readdir(directory).catch(() => [])) {
      const file = await stat(join(directory, descriptor)).catch(() => undefined)
      if (file?.isFile() && file.nlink === 0) seen.set(`${file.dev}:${file.ino}`, file.blocks * BLOCK_BYTES)
    }
  }
  return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0)
}
