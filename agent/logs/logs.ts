import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { keccak256, toUtf8Bytes } from 'ethers'
import type { Hex } from '../../sdk/domain/job.ts'
import { manifestText } from '../../sdk/gateway/manifest.ts'
import { readText } from '../files/readText.ts'
import { writeDurably } from '../files/writeDurably.ts'
import { ChunkFile } from './chunkFile.ts'

const CHUNKS = '.chunks'
const MANIFEST = '.manifest'
const DONE = '.done'
/** Largest body of a chunk. */
const CHUNK_BYTES = 65_536
const NEWLINE = 10

/** Reads what an execution printed: at most `maxBytes` from a byte on, none where there is no more yet. */
export type ReadOutput = (fromByte: number, maxBytes: number) => Promise<Uint8Array>

/**
 * What executions print, on its way to the gateway: cut into chunks that are on the disk before they are sent. A log is open, then
 * closed by its manifest, then done: at the gateway, or never to be taken there. Of one that is done the hash of the manifest stays.
 */
export class Logs {
  readonly #directory: string
  readonly #files = new Map<string, Promise<ChunkFile>>()
  readonly #turns = new Map<string, Promise<void>>()
  /** Hash of the manifest of each log that is closed, by the name of the execution. */
  readonly #closed = new Map<string, Hex>()
  readonly #waiting = new Set<string>()

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const files = readdirSync(directory)
    for (const file of files) {
      if (file.endsWith('.tmp')) rmSync(join(directory, file), { force: true })
      if (file.endsWith(CHUNKS)) this.#waiting.add(file.slice(0, -CHUNKS.length))
      if (file.endsWith(MANIFEST)) this.#closed.set(nameOf(file), hashOf(readText(join(directory, file)) ?? ''))
    }
    for (const file of files.filter((one) => one.endsWith(DONE))) this.#loadDone(nameOf(file))
  }

  /** Executions whose log is closed, so that nothing of what they printed is wanted any more. */
  names(): ReadonlySet<string> {
    return new Set(this.#closed.keys())
  }

  /** Executions of whose log something may still have to go to the gateway. */
  waiting(): readonly string[] {
    return [...this.#waiting]
  }

  /** Hash of the manifest that closed the log: the result that the report names. */
  resultOf(name: string): Hex | undefined {
    return this.#closed.get(name)
  }

  /** Takes what was printed since, up to the last line that has ended; a longer line goes in parts. */
  async take(name: string, read: ReadOutput): Promise<void> {
    await this.#inTurn(name, async () => {
      if (!this.#closed.has(name)) await this.#takeAll(name, read, false)
    })
  }

  /** Takes all that is left, and closes the log. */
  async close(name: string, read: ReadOutput): Promise<void> {
    await this.#inTurn(name, async () => {
      if (this.#closed.has(name)) return
      await this.#takeAll(name, read, true)
      const { head } = await this.file(name)
      const dash = name.lastIndexOf('-')
      const log = { chunks: head.seq, lines: head.line, bytes: head.bytes, head: head.hash }
      const [job, attempt] = [name.slice(0, dash) as Hex, Number(name.slice(dash + 1))]
      const manifest = manifestText({ version: 1, job, attempt, log, files: [] })
      writeDurably(this.#path(name, MANIFEST), manifest)
      this.#closed.set(name, hashOf(manifest))
    })
  }

  /** Closes a log with a text of the agent's own, where nothing ran. */
  async put(name: string, text: string): Promise<void> {
    const bytes = toUtf8Bytes(text)
    await this.close(name, async (from, most) => bytes.subarray(from, from + most))
  }

  manifest(name: string): string | undefined {
    return readText(this.#path(name, MANIFEST))
  }

  /** The chunks of a log. */
  file(name: string): Promise<ChunkFile> {
    const file = this.#files.get(name) ?? ChunkFile.open(this.#path(name, CHUNKS), name)
    this.#files.set(name, file)
    this.#waiting.add(name)
    file.catch(() => this.#files.delete(name))
    return file
  }

  /** The gateway has the whole log, or will never take it. */
  async finish(name: string): Promise<void> {
    writeDurably(this.#path(name, DONE), this.#closed.get(name) ?? '')
    await (await this.#files.get(name))?.close()
    this.#files.delete(name)
    for (const suffix of [CHUNKS, MANIFEST]) rmSync(this.#path(name, suffix), { force: true })
    this.#waiting.delete(name)
  }

  /** Closes the files. */
  async release(): Promise<void> {
    for (const file of this.#files.values()) await (await file).close()
    this.#files.clear()
  }

  async #takeAll(name: string, read: ReadOutput, isLast: boolean): Promise<void> {
    const file = await this.file(name)
    for (;;) {
      const bytes = await read(file.head.bytes, CHUNK_BYTES)
      const end = bytes.lastIndexOf(NEWLINE) + 1
      const body = isLast || end === 0 ? bytes : bytes.subarray(0, end)
      const isWhole = isLast || end > 0 || bytes.length === CHUNK_BYTES
      if (body.length === 0 || !isWhole) return
      await file.append(body)
    }
  }

  #loadDone(name: string): void {
    const hash = readText(this.#path(name, DONE)) as Hex
    this.#closed.set(name, hash)
    // A crash may have come before these were removed.
    for (const suffix of [CHUNKS, MANIFEST]) rmSync(this.#path(name, suffix), { force: true })
    this.#waiting.delete(name)
  }

  #path(name: string, suffix: string): string {
    return join(this.#directory, `${name}${suffix}`)
  }

  /** One change of a log after the other. */
  async #inTurn(name: string, change: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(change, change)
    this.#turns.set(name, turn)
    try {
      await turn
    } finally {
      if (this.#turns.get(name) === turn) this.#turns.delete(name)
    }
  }
}

function nameOf(file: string): string {
  return file.slice(0, file.lastIndexOf('.'))
}

function hashOf(manifest: string): Hex {
  return keccak256(toUtf8Bytes(manifest)) as Hex
}
