import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** Room at the end of the file for the marker, and for why the runner ended the script. */
const MARKER_BYTES = 512

/** Keeps the first part of what a script prints, as valid UTF-8, and says how much it left out. */
export class OutputFile {
  readonly #descriptor: number
  readonly #decoder = new StringDecoder('utf8')
  readonly #limitBytes: number
  #total = 0
  #kept = 0
  #isFull = false

  constructor(file: string, limitBytes: number) {
    this.#descriptor = openSync(file, 'a', 0o600)
    this.#limitBytes = limitBytes
  }

  get totalBytes(): number {
    return this.#total
  }

  get keptBytes(): number {
    return this.#kept
  }

  append(chunk: Buffer): void {
    this.#total += chunk.length
    // A job that prints without end must not keep its supervisor busy.
    if (this.#isFull) return
    this.#keep(this.#decoder.write(chunk))
  }

  /** Closes the file, after a marker where something is left out, and what the customer should know of the end. */
  finish(notes: readonly string[] = []): void {
    this.#keep(this.#decoder.end())
    if (this.#isFull) this.#tryWrite(`\n[output truncated: ${this.#kept} of ${this.#total} bytes kept]\n`)
    for (const note of notes) this.#tryWrite(`\n[${note}]\n`)
    try {
      fsyncSync(this.#descriptor)
    } finally {
      closeSync(this.#descriptor)
    }
  }

  #keep(text: string): void {
    if (this.#isFull || text === '') return
    const bytes = Buffer.from(text)
    const room = this.#limitBytes - MARKER_BYTES - this.#kept
    const fitting = bytes.length <= room ? bytes : wholeCharacters(bytes.subarray(0, Math.max(room, 0)))
    if (!this.#tryWrite(fitting)) {
      this.#isFull = true
      return
    }
    this.#kept += fitting.length
    this.#isFull = fitting.length < bytes.length
  }

  /** A full disk must not end the job: what cannot be kept counts as left out. */
  #tryWrite(data: string | Buffer): boolean {
    try {
      writeFileSync(this.#descriptor, data)
      return true
    } catch {
      return false
    }
  }
}

function wholeCharacters(bytes: Buffer): Buffer {
  return Buffer.from(new StringDecoder('utf8').write(bytes))
}
