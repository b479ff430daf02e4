import { closeSync, openSync, readSync } from 'node:fs'

/** At most `maxBytes` of a file from `fromByte` on; none past its end or where there is no file. Any other failure is thrown. */
export function readBytes(file: string, fromByte: number, maxBytes: number): Uint8Array {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const bytes = Buffer.alloc(maxBytes)
      return bytes.subarray(0, readSync(descriptor, bytes, 0, maxBytes, fromByte))
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array()
    throw error
  }
}
