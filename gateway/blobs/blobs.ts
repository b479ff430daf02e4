/**
 * Where the gateway keeps what is large, by key: `definitions/<id>`, `secrets/<id>`, `logs/<execution>/<pack>`, `files/<execution>/<index>`.
 * Each blob is there whole or not at all, whatever crashes when.
 */
export interface Blobs {
  write(key: string, bytes: Uint8Array): Promise<void>
  /** Undefined where there is none. Any other failure is thrown: it does not mean that the blob is absent. */
  read(key: string): Promise<Uint8Array | undefined>
  has(key: string): Promise<boolean>
  /** One that is not there is no error. */
  remove(key: string): Promise<void>
}

const KEY = /^[a-z]+\/0x[0-9a-f]{64}(-\d{1,2}\/\d{1,10})?$/

/** The last line of defence: whoever asks, no other key ever becomes a path. Throws RangeError. */
export function checkKey(key: string): string {
  if (!KEY.test(key)) throw new RangeError('the key of a blob is a kind and a hash')
  return key
}
