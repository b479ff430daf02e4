import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Puts `text` into the file so that a crash at any instant leaves the old content or the new one, never a part of it. */
export function writeDurably(file: string, text: string | Uint8Array): void {
  const temporary = temporaryBeside(file)
  writeAndSync(temporary, text)
  renameSync(temporary, file)
  syncDirectory(dirname(file))
}

/** Creates the file with its whole content, once: false where it exists. Of several processes exactly one succeeds. */
export function createDurably(file: string, text: string): boolean {
  const temporary = temporaryBeside(file)
  writeAndSync(temporary, text)
  try {
    linkSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(temporary)
  }
  syncDirectory(dirname(file))
  return true
}

/** Writes a file to the disk itself. */
export function writeAndSync(file: string, text: string | Uint8Array): void {
  const descriptor = openSync(file, 'w', 0o600)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes the names in a directory durable. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A hidden name in the same directory that no other process uses. */
function temporaryBeside(file: string): string {
  return join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`)
}
